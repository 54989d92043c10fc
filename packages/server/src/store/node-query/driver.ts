import { all, type Column, type ColumnName } from './columns.ts';
import { COST, type Reading, rows } from './reading.ts';
import type { ColumnTest, Selection } from './selection.ts';
import { join, type Sql, sql } from './sql.ts';

/** Behind the value, the index of a field has the kind and the creation time. */
const BEHIND: Partial<Record<ColumnName, readonly ColumnName[]>> = { id: [], created: [], kind: ['created'] };
const BEHIND_FIELD: readonly ColumnName[] = ['kind', 'created'];

/** Every kind of node there is. */
export const KINDS = ['checkout', 'kbuild', 'job', 'test', 'process', 'regression'];

/** An index, and what of the selection can be told from its entries alone. */
export interface Driver {
  column: Column;
  /** Conditions on columns of the index. */
  covered: Sql[];
  /** Conditions for which the row has to be looked at. */
  rest: Sql[];
  /** Matching entries, when they have been counted. */
  entries: number | null;
  /** About how many there are; null when nothing is known. */
  expected: number | null;
}

const indexColumns = (column: Column): ReadonlySet<ColumnName> =>
  new Set([column.name, ...(BEHIND[column.name] ?? BEHIND_FIELD)]);

const usesRows = (s: Selection, columns: ReadonlySet<ColumnName>): boolean =>
  s.valueTests.length > 0 || s.odd.some(({ name }) => !columns.has(name));

/** The index of the column, serving the selection. */
export function driverOf(s: Selection, column: Column): Driver {
  const columns = indexColumns(column);
  const on = (name: ColumnName) => s.tests.some((test) => test.column.name === name);
  const covered = s.tests.filter((test) => columns.has(test.column.name)).map(({ candidate }) => candidate);
  // With all kinds named, the index is searched for the time within each of them.
  if (columns.has('kind') && column.name !== 'kind' && on('created') && !on('kind')) {
    covered.push(sql`kind in (${join(KINDS)})`);
  }
  const rest = s.tests.filter((test) => !columns.has(test.column.name)).map(({ candidate }) => candidate);
  return { column, covered, rest, entries: null, expected: null };
}

/** Whether the row behind each entry has to be read. */
export const readsRows = (s: Selection, driver: Driver): boolean =>
  driver.rest.length > 0 || usesRows(s, indexColumns(driver.column));

async function countEntries(reading: Reading, driver: Driver, limit: number): Promise<void> {
  const { from } = reading.source;
  const query = sql`
    select count(*) as n from
      (select 1 from ${from('nodes', driver.column.index)} where ${all(driver.covered)} limit ${limit + 1}) as entry`;
  const n = (await rows<{ n: number }>(reading, query))[0]?.n ?? 0;
  if (n > limit) return;
  driver.entries = n;
  driver.expected = n;
}

/** What the engine's statistics say. */
async function askStatistics(reading: Reading, driver: Driver): Promise<void> {
  await reading.pause();
  driver.expected = await reading.source.expectedRows(sql`select 1 from nodes where ${all(driver.covered)}`);
}

/** The tests whose index narrows the search down: those that list values before those that leave some out. */
function promising(tests: readonly ColumnTest[]): Column[] {
  const indexed = tests.filter(({ column }) => column.index !== undefined);
  const listing = indexed.filter((test) => test.listed !== undefined || test.column.name === 'created');
  return [
    ...new Map((listing.length > 0 ? listing : indexed).map(({ column }) => [column.name, column])).values(),
  ];
}

interface Candidates {
  drivers: Driver[];
  /** The probes of how many entries they have that are still to be made. */
  probes: number[];
}

const candidates = new WeakMap<Selection, Candidates>();

function candidatesOf(reading: Reading, s: Selection): Candidates {
  const known = candidates.get(s);
  if (known) return known;
  const drivers = promising(s.tests).map((column) => driverOf(s, column));
  const fresh = { drivers, probes: drivers.length === 0 ? [] : [...reading.probes] };
  candidates.set(s, fresh);
  return fresh;
}

const isKnown = ({ drivers }: Candidates): boolean => drivers.some(({ entries }) => entries !== null);

async function probe(reading: Reading, c: Candidates, leave: number): Promise<void> {
  while (!isKnown(c) && c.probes.length > leave) {
    const limit = c.probes.shift() as number;
    for (const driver of c.drivers) await countEntries(reading, driver, limit);
  }
}

/** Whether no index leads to a few entries only, and the last probe, which takes longest, is still to be made. */
export async function isWide(reading: Reading, s: Selection): Promise<boolean> {
  const c = candidatesOf(reading, s);
  if (reading.probes.length > 1) await probe(reading, c, 1);
  return reading.probes.length > 1 && !isKnown(c) && c.probes.length > 0;
}

const chosen = new WeakMap<Selection, Promise<Driver | undefined>>();

/** The index with the fewest entries for the selection; undefined when no index serves it. */
export function chooseDriver(reading: Reading, s: Selection): Promise<Driver | undefined> {
  const known = chosen.get(s) ?? findDriver(reading, s);
  chosen.set(s, known);
  return known;
}

async function findDriver(reading: Reading, s: Selection): Promise<Driver | undefined> {
  const c = candidatesOf(reading, s);
  const { drivers } = c;
  if (drivers.length === 0) return undefined;
  await probe(reading, c, 0);
  if (!isKnown(c)) for (const driver of drivers) await askStatistics(reading, driver);
  // Where all are wide, the one that is told from its index alone.
  const cost = (driver: Driver) => costOf(s, driver, Number.MAX_SAFE_INTEGER);
  return drivers.reduce((best, driver) => (cost(driver) < cost(best) ? driver : best));
}

/** What reading all matching entries may take, in microseconds; `total` is the number of all nodes. */
export function costOf(s: Selection, driver: Driver, total: number): number {
  const looksBehind = readsRows(s, driver) || s.hints !== null;
  return (driver.expected ?? total) * (looksBehind ? COST.lookup : COST.entry);
}
