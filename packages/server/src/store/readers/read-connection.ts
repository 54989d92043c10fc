import type { Reading, ReadSource } from '../node-query/reading.ts';
import type { ReaderSetup } from './messages.ts';

/** What a thread reads with. */
export interface ReadConnection {
  source: ReadSource;
  means: Pick<Reading, 'probes' | 'stepRows' | 'sliceRows' | 'plainMicros'>;
  /** What an error of the driver means. */
  translateError(error: unknown): unknown;
  close(): Promise<void>;
}

/** Loads the one engine that is used, and connects. */
export async function openReadConnection({ location, limitMs }: ReaderSetup): Promise<ReadConnection> {
  if (location.engine === 'sqlite') {
    const { openSqliteReads } = await import('../dialect/sqlite/reads.ts');
    return openSqliteReads(location.file);
  }
  const { openPostgresReads } = await import('../dialect/postgres/reads.ts');
  return openPostgresReads(location.url, limitMs);
}
