import type { Reading } from '../node-query/reading.ts';
import type { ReaderSetup } from './messages.ts';

/** What a thread reads with. */
export interface ReadConnection {
  means: Pick<Reading, 'x' | 'probeEntries' | 'stepRows' | 'plainMicros'>;
  /** What an error of the driver means. */
  translateError(error: unknown): unknown;
}

/** Loads the one engine that is used, and connects. */
export async function openReadConnection({ source, limitMs }: ReaderSetup): Promise<ReadConnection> {
  if (source.engine === 'sqlite') {
    const { openSqliteReads } = await import('../dialect/sqlite/reads.ts');
    return openSqliteReads(source.file);
  }
  const { openPostgresReads } = await import('../dialect/postgres/reads.ts');
  return openPostgresReads(source.url, limitMs);
}
