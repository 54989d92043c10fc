import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { LRUCache } from 'lru-cache';

const BUSY_TIMEOUT_MS = 10_000;
const LOG_BYTES_KEPT = 64 * 1024 * 1024;
const STATEMENTS_KEPT = 500;

export function openRaw(file: string): DatabaseSync {
  const raw = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
  // Only the first table of a new file, or a VACUUM, makes it so: the file can be made shorter step by step.
  raw.exec('PRAGMA auto_vacuum = INCREMENTAL');
  raw.exec('PRAGMA journal_mode = WAL');
  // FULL flushes the log at each commit: what was acknowledged survives a loss of power.
  raw.exec('PRAGMA synchronous = FULL');
  // What the log of a busy time has taken is given back afterwards.
  raw.exec(`PRAGMA journal_size_limit = ${LOG_BYTES_KEPT}`);
  // What savepoints keep would otherwise be written to a file for every transaction.
  raw.exec('PRAGMA temp_store = MEMORY');
  return raw;
}

export type Prepare = (text: string) => StatementSync;

/** Prepares statements, and keeps those used last. */
export function preparing(raw: DatabaseSync): Prepare {
  const prepared = new LRUCache<string, StatementSync>({ max: STATEMENTS_KEPT });
  return (text) => {
    const known = prepared.get(text);
    if (known) return known;
    const statement = raw.prepare(text);
    prepared.set(text, statement);
    return statement;
  };
}
