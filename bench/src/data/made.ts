import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Sample } from '../load/sample.ts';
import type { DataSetsOptions } from './data-set.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
/** What decides how a data set looks in the database. */
const SOURCES = [
  'bench/src/{dataset,load}.ts',
  'bench/src/{dataset,load}/*.ts',
  'packages/server/src/store/migrations/*.ts',
  'packages/server/src/domain/nodes/{document,events}.ts',
];
const DAY = 24 * 60 * 60 * 1000;
/** Data sets end with the hour of their making; older ones no longer look like a database in use. */
const OLD = 7 * DAY;

/** What the names of all data sets of the size begin with. */
export const familyOf = (nodes: number): string => `kci_bench_${nodes}_`;

/** A name that changes with everything that the data set depends on. */
export function nameOf(nodes: number, { seed, days }: DataSetsOptions): string {
  const hash = createHash('sha256').update(JSON.stringify({ nodes, seed, days }));
  for (const file of globSync(SOURCES, { cwd: ROOT }).sort())
    hash.update(readFileSync(path.join(ROOT, file)));
  return `${familyOf(nodes)}${hash.digest('hex').slice(0, 10)}`;
}

/** The note of a data set that was made completely and not long ago. */
export function readNote(file: string): Sample | undefined {
  if (!existsSync(file)) return undefined;
  const sample = JSON.parse(readFileSync(file, 'utf8')) as Sample;
  return Date.now() - sample.until < OLD ? sample : undefined;
}

/** Says that the data set is complete, and what is in it. */
export function writeNote(file: string, sample: Sample): void {
  writeFileSync(`${file}.new`, JSON.stringify(sample));
  renameSync(`${file}.new`, file);
}
