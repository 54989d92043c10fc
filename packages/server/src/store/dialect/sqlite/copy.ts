import { DatabaseSync } from 'node:sqlite';
import { openRaw } from './raw.ts';

/**
 * Writes the database as it is at one moment to another file, which may exist if it is empty. One read transaction:
 * unlike a page by page copy it never has to begin again because somebody writes.
 */
export function copySqlite(file: string, to: string): void {
  const raw = openRaw(file);
  try {
    raw.prepare('VACUUM INTO ?').run(to);
  } finally {
    raw.close();
  }
  const copy = new DatabaseSync(to, { readOnly: true });
  try {
    const found = copy.prepare('PRAGMA quick_check(1)').get();
    if (found?.quick_check !== 'ok') throw new Error(`the copy is damaged: ${found?.quick_check}`);
  } finally {
    copy.close();
  }
}
