import { createReadStream, existsSync } from 'node:fs';
import type { Env } from '../config/env-reader.ts';
import { restoreDatabase } from '../moving/lines/restore.ts';
import { rowsText } from '../moving/lines/rows-text.ts';
import { Progress } from '../moving/progress.ts';
import { databaseName, readSettings, withDatabase } from './settings.ts';

const STDIN = '-';

/** Fills the configured database, which must be empty, with an export. Answers the exit code. */
export async function importLines(file: string, env: Env): Promise<number> {
  if (file !== STDIN && !existsSync(file)) throw new Error(`there is no file ${file}`);
  const config = readSettings(env);
  const stream = file === STDIN ? process.stdin : createReadStream(file, { highWaterMark: 1024 * 1024 });
  const progress = new Progress(process.stderr);
  const sums = await withDatabase(config, (db) => restoreDatabase(db, stream, progress));
  process.stdout.write(
    `Imported into ${databaseName(config)}; every row is as it was exported\n\n${rowsText(sums)}`,
  );
  return 0;
}
