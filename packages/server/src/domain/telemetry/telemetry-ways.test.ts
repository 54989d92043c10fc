import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { newId, type TelemetryEvent, toApiTime } from '@kernelci/model';
import { forEachEngine } from '../../../../../test/helpers/engines.ts';
import { Random } from '../../../../../test/helpers/random.ts';
import type { ReadSource } from '../../store/node-query/reading.ts';
import { beginReading } from '../../store/node-query/terms.ts';
import { insertTelemetry, type TelemetryRow } from '../../store/telemetry.ts';
import type { FilterColumn, TelemetryFilter } from '../../store/telemetry-query/filter.ts';
import {
  type GroupColumn,
  groupTelemetry,
  type TelemetryGroup,
  type TelemetryGroupsQuery,
} from '../../store/telemetry-query/groups.ts';
import { findTelemetry } from '../../store/telemetry-query/page.ts';
import { openFresh } from '../nodes/query-fixture.ts';

const EVENTS = 1500;
const QUERIES = 150;
const START = Date.UTC(2026, 10, 24);
/** So few moments that many events share one. */
const MOMENTS = 200;
const KINDS = ['job_result', 'test_result', 'runtime_error'];
const RESULTS = ['pass', 'fail', 'incomplete', 'skip', null];
const VALUES: Partial<Record<FilterColumn, readonly (string | null)[]>> = {
  kind: KINDS,
  runtime: ['lab-a', 'lab-b', 'lab-\u00e9'],
  device_type: ['x86', 'rk3588', null],
  device_id: ['d1', 'd2', '', null],
  job_name: ['baseline', 'ltp', null],
  node_id: ['n1', 'n2', null],
  tree: ['next', null],
  result: RESULTS,
};
const COLUMNS = Object.keys(VALUES) as FilterColumn[];

function randomRow(random: Random): TelemetryRow {
  const value = (column: FilterColumn) => random.pick(VALUES[column] ?? [null]);
  const failed = random.chance(0.3);
  return {
    ...{
      id: newId(),
      ts: START + random.below(MOMENTS),
      kind: random.pick(KINDS),
      runtime: value('runtime') ?? '',
    },
    ...{ device_type: value('device_type'), device_id: value('device_id'), job_name: value('job_name') },
    ...{
      test_name: null,
      job_id: null,
      node_id: value('node_id'),
      tree: value('tree'),
      branch: null,
      arch: null,
    },
    ...{ result: value('result'), is_infra_error: failed ? 1 : 0, error_type: failed ? 'Infra' : null },
    ...{
      error_msg: random.chance(0.5) ? `"${random.below(9)}"\n` : null,
      retry: random.below(3),
      extra: '{"a":1}',
    },
  };
}

function randomFilter(random: Random): TelemetryFilter {
  const filter: TelemetryFilter = { equal: {} };
  if (random.chance(0.5)) filter.since = START + random.below(MOMENTS);
  if (random.chance(0.3)) filter.until = START + random.below(MOMENTS);
  if (random.chance(0.3)) filter.isInfraError = random.chance(0.5);
  if (random.chance(0.2)) filter.withDevice = true;
  for (const column of COLUMNS)
    if (random.chance(0.15)) filter.equal[column] = random.pick(VALUES[column] ?? [null]);
  return filter;
}

function holds(filter: TelemetryFilter, row: TelemetryRow): boolean {
  const { since, until, isInfraError, withDevice, equal } = filter;
  if (since !== undefined && row.ts < since) return false;
  if (until !== undefined && row.ts > until) return false;
  if (isInfraError !== undefined && (row.is_infra_error === 1) !== isInfraError) return false;
  if (withDevice && (row.device_id ?? '') === '') return false;
  return COLUMNS.every((column) => equal[column] === undefined || row[column] === equal[column]);
}

/** What the API says of the row. */
const told = ({ ts, is_infra_error, extra, ...row }: TelemetryRow) => ({
  ...row,
  ts: toApiTime(ts),
  is_infra_error: is_infra_error === 1,
  extra: JSON.parse(extra),
});

/** The groups as they are counted one row after the other, of rows that are the newest first. */
function countGroups(
  rows: readonly TelemetryRow[],
  { by, kinds, atLeast, withLatest }: TelemetryGroupsQuery,
) {
  const groups = new Map<string, TelemetryGroup>();
  for (const row of rows.filter(({ kind }) => kinds === undefined || kinds.includes(kind))) {
    const values = by.map((column) => row[column]);
    const key = JSON.stringify(values);
    const none = { total: 0, pass: 0, fail: 0, incomplete: 0, skip: 0, infra_error: 0 };
    const latest = { type: row.error_type, msg: row.error_msg };
    const group = groups.get(key) ?? {
      by: values,
      ...none,
      last_seen: row.ts,
      ...(withLatest && { latest }),
    };
    group.total += 1;
    if (row.result !== null) group[row.result as 'pass'] += 1;
    group.infra_error += row.is_infra_error;
    groups.set(key, group);
  }
  return [...groups.values()].filter((group) => {
    if (atLeast === undefined) return true;
    const { total, fail, incomplete, infra_error } = group;
    return total >= atLeast.total && Math.max(fail + incomplete, infra_error) / total >= atLeast.rate;
  });
}

const byValues = (a: TelemetryGroup, b: TelemetryGroup) =>
  JSON.stringify(a.by) < JSON.stringify(b.by) ? -1 : 1;

forEachEngine('telemetry, in whatever slices it is looked through', (engine) => {
  const random = new Random(20_261_124);
  let newestFirst: TelemetryRow[];
  let source: ReadSource;

  before(async () => {
    const { db, reads } = await openFresh(engine);
    source = reads.source;
    const rows = Array.from({ length: EVENTS }, () => randomRow(random));
    await db.write((tx) => insertTelemetry(tx, rows));
    newestFirst = rows
      .map((row, i) => ({ row, i }))
      .sort((a, b) => b.row.ts - a.row.ts || a.i - b.i)
      .map(({ row }) => row);
  });

  const reading = (sliceRows: number | null) =>
    beginReading({
      ...{ source, sliceRows, probes: [], stepRows: 1, plainMicros: 0, limitMs: 60_000 },
      signal: new AbortController().signal,
      laneMicros: Number.POSITIVE_INFINITY,
    });

  test('pages have the events that fit, the newest first', async () => {
    for (let i = 0; i < QUERIES; i += 1) {
      const filter = randomFilter(random);
      const [limit, offset] = [random.pick([1, 20, 700, 5000]), random.chance(0.5) ? 0 : random.below(600)];
      const sliceRows = random.pick([1, 7, 100, null]);
      const about = `query ${i}: ${JSON.stringify({ filter, limit, offset, sliceRows })}`;
      const expected = newestFirst.filter((row) => holds(filter, row));
      const { total, text } = await findTelemetry(reading(sliceRows), { filter, limit, offset });
      const items = JSON.parse(`[${(await Array.fromAsync(text)).join('')}]`) as TelemetryEvent[];
      assert.equal(total, expected.length, about);
      assert.deepEqual(items, expected.slice(offset, offset + limit).map(told), about);
    }
  });

  test('groups are counted, the largest first', async () => {
    const columns: GroupColumn[] = [...COLUMNS, 'is_infra_error'];
    for (let i = 0; i < QUERIES; i += 1) {
      const by = columns.filter(() => random.chance(0.25));
      if (by.length === 0) by.push('kind');
      const query: TelemetryGroupsQuery = { filter: randomFilter(random), by };
      if (random.chance(0.3)) {
        query.kinds = ['job_result', 'test_result'].slice(random.below(2));
        delete query.filter.equal.kind;
      }
      if (random.chance(0.3)) query.atLeast = { total: random.below(20), rate: random.below(10) / 10 };
      if (random.chance(0.5)) query.withLatest = true;
      const sliceRows = random.pick([1, 7, 100, null]);
      const about = `query ${i}: ${JSON.stringify({ query, sliceRows })}`;
      const found = await groupTelemetry(reading(sliceRows), query);
      const expected = countGroups(
        newestFirst.filter((row) => holds(query.filter, row)),
        query,
      );
      assert.deepEqual([...found].sort(byValues), expected.sort(byValues), about);
      const sizes = found.map(({ total }) => total);
      assert.deepEqual(
        sizes,
        sizes.toSorted((a, b) => b - a),
        about,
      );
    }
  });
});
