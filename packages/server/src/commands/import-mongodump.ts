import type { Env } from '../config/env-reader.ts';
import { importMongodump } from '../moving/mongodump/import-mongodump.ts';
import { Progress } from '../moving/progress.ts';
import { databaseName, readSettings, withDatabase } from './settings.ts';

/** Answers 0 when the database now has all that the dump has, 1 when something was left out. */
export async function importDump(folder: string, env: Env): Promise<number> {
  const config = readSettings(env);
  const progress = new Progress(process.stderr);
  const report = await withDatabase(config, (db) => importMongodump(db, folder, progress));
  process.stdout.write(`Imported into ${databaseName(config)}\n\n${report.text()}`);
  return report.complete ? 0 : 1;
}
