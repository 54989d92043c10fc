import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Env } from '../config/env-reader.ts';
import { databaseLines } from '../moving/lines/write-lines.ts';
import { Progress } from '../moving/progress.ts';
import type { DatabaseLocation } from '../store/open.ts';
import { openSnapshot } from '../store/snapshot.ts';
import { version } from '../version.ts';
import { makePrivateFile } from './private-file.ts';
import { databaseName, readSettings } from './settings.ts';

const STDOUT = '-';

/** Writes the database as it is at one moment, as lines of JSON, to the stream; `end` says whether it is closed then. */
async function writeLines(
  location: DatabaseLocation,
  stream: NodeJS.WritableStream,
  end: boolean,
): Promise<void> {
  const snapshot = await openSnapshot(location);
  try {
    const lines = databaseLines(snapshot.reader, version, new Progress(process.stderr));
    await pipeline(Readable.from(lines), stream, { end });
  } finally {
    await snapshot.close();
  }
}

export async function exportToFile(location: DatabaseLocation, file: string): Promise<void> {
  await makePrivateFile(file, (path) => writeLines(location, createWriteStream(path), true));
}

/** Writes everything, secrets included, to the file or, with `-`, to stdout. Answers the exit code. */
export async function exportDatabase(file: string, env: Env): Promise<number> {
  const config = readSettings(env);
  if (file === STDOUT) {
    await writeLines(config.database, process.stdout, false);
    return 0;
  }
  await exportToFile(config.database, file);
  process.stdout.write(`Exported ${databaseName(config)} to ${file}\n`);
  return 0;
}
