import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Env } from '../config/env-reader.ts';
import { copyDatabase } from '../store/snapshot.ts';
import { exportToFile } from './export.ts';
import { makePrivateFile } from './private-file.ts';
import { databaseName, readSettings } from './settings.ts';

/** Writes the database as it is at one moment to a file, while the server runs. Answers the exit code. */
export async function backup(file: string, env: Env): Promise<number> {
  const config = readSettings(env);
  const { database, dataDir, secrets } = config;
  if (database.engine === 'postgres') await exportToFile(database, file);
  else await makePrivateFile(file, async (path) => copyDatabase(database, path));
  const { size } = statSync(file);
  process.stdout.write(`Backup of ${databaseName(config)}: ${file}, ${size.toLocaleString('en')} bytes\n`);
  if (secrets.secretKey === undefined)
    process.stdout.write(
      `The key that signs tokens is not in it: keep ${join(dataDir, 'secret_key')} too.\n`,
    );
  return 0;
}
