import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { databaseAt } from '../config/config.ts';
import { restoreDatabase } from '../moving/lines/restore.ts';
import { rowsText } from '../moving/lines/rows-text.ts';
import { databaseLines } from '../moving/lines/write-lines.ts';
import { Progress } from '../moving/progress.ts';
import { type DatabaseLocation, openDatabase } from '../store/open.ts';
import { openSnapshot } from '../store/snapshot.ts';
import { version } from '../version.ts';
import { databaseName } from './settings.ts';

function location(option: string, url: string): DatabaseLocation {
  const found = databaseAt(url);
  if (found !== undefined) return found;
  throw new Error(
    `${option} ${url}: name a database as sqlite:/path/to/kernelci.db or postgres://user:password@host/database`,
  );
}

/** The error, naming the option that the database was given with. */
function namedBy(option: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return new Error(error.message.replace('of DATABASE_URL', `of ${option}`), { cause: error });
}

/** Copies a database into another one, which must be empty, of either engine. Answers the exit code. */
export async function migrateDatabase(options: { from: string; to: string }): Promise<number> {
  const from = location('--from', options.from);
  const to = location('--to', options.to);
  const source = await openSnapshot(from).catch((error: unknown) => {
    throw namedBy('--from', error);
  });
  try {
    if (to.engine === 'sqlite') mkdirSync(dirname(to.file), { recursive: true, mode: 0o700 });
    const target = await openDatabase(to, { onConnectionError: () => undefined }).catch((error: unknown) => {
      throw namedBy('--to', error);
    });
    try {
      const quiet = new Progress({ write: () => undefined });
      const lines = databaseLines(source.reader, version, quiet);
      const sums = await restoreDatabase(target, lines, new Progress(process.stderr));
      process.stdout.write(
        `Copied ${databaseName({ database: from })} to ${databaseName({ database: to })}; ` +
          `the rows of both are the same\n\n${rowsText(sums)}`,
      );
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
  return 0;
}
