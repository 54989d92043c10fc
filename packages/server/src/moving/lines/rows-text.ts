import type { TableSum } from './checksum.ts';

/** How many rows each table has, for people; tables without any are left out. */
export function rowsText(sums: Readonly<Record<string, TableSum>>): string {
  return Object.entries(sums)
    .filter(([, { rows }]) => rows > 0)
    .map(([table, { rows }]) => `${table.padEnd(20)}${String(rows).padStart(12)}\n`)
    .join('');
}
