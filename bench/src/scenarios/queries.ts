import { Connection } from '../client/connection.ts';
import { Latencies } from '../client/latencies.ts';
import { get } from '../client/requests.ts';
import { type Filter, filters, pathOf, SHAPES, type Shape } from '../queries/cases.ts';
import { isMet, type Measurement } from '../report.ts';
import { cpuEach, cpuMeter, type Run, reportMemory, type Scenario } from '../run.ts';

const FAST_MS = 20;
const WIDEST_MS = 150;
const OTHER_PAIR_MS = 250;
const TIMES = 20;
/** When the first times miss the target, the verdict is upon so many more: one hiccup of the machine is no miss. */
const MORE_TIMES = 80;
/** Time for one filter in one shape, so that hopeless ones do not take all day. */
const BUDGET_MS = 4000;
const SHOWN_MISSES = 40;

interface Measured extends Measurement {
  filter: Filter;
  shape: Shape;
  latencies: Latencies;
}

function limitOf(filter: Filter, shape: Shape): number {
  if (shape.total === 'none') return FAST_MS;
  if (filter.group === 'two others') return OTHER_PAIR_MS;
  return filter.widest ? WIDEST_MS : FAST_MS;
}

async function ask(connection: Connection, path: string): Promise<number> {
  const answer = await connection.exchange(get(path), { keepBody: true });
  if (answer.status !== 200) throw new Error(`${path} is answered ${answer.head}\n${answer.body}`);
  return answer.ms;
}

/** The total that the first condition's answer gives; to see how wide a filter is. */
async function totalOf(connection: Connection, filter: Filter): Promise<number> {
  const path = pathOf(filter.conditions[0] ?? [], { limit: 1, sort: '', total: 'exact' });
  const answer = await connection.exchange(get(path), { keepBody: true });
  return (JSON.parse(answer.body.toString()) as { total: number }).total;
}

async function measure(
  connection: Connection,
  filter: Filter,
  shape: Shape,
  matches: number,
): Promise<Measured> {
  const latencies = new Latencies();
  const limit = limitOf(filter, shape);
  const start = performance.now();
  const repeat = async (times: number) => {
    for (let i = 0; i < times && performance.now() - start < BUDGET_MS; i += 1) {
      const condition = filter.conditions[latencies.count % filter.conditions.length] ?? [];
      latencies.add(await ask(connection, pathOf(condition, shape)));
    }
  };
  await repeat(TIMES);
  if (latencies.percentile(99) > limit) await repeat(MORE_TIMES);
  const { sort, total } = shape;
  const width = filter.widest ? ' (widest)' : '';
  return {
    what: `${filter.name}${width}, limit ${shape.limit}${sort && `, sort ${sort}`}, total ${total}: p99`,
    value: latencies.percentile(99),
    unit: 'ms',
    atMost: limit,
    more: { 'p50 ms': latencies.percentile(50), times: latencies.count, matches },
    filter,
    shape,
    latencies,
  };
}

const withoutParts = ({ filter: _, shape: __, latencies: ___, ...measurement }: Measured): Measurement =>
  measurement;

/** One line for all filters that have the same target. */
function summarize(run: Run, measured: readonly Measured[]): void {
  const groups = Map.groupBy(measured, ({ filter, shape }) =>
    [
      filter.group,
      filter.widest ? 'widest values' : 'other values',
      shape.total === 'none' ? 'no total' : 'exact total',
    ].join(', '),
  );
  for (const [name, group] of groups) {
    const all = new Latencies();
    for (const { latencies } of group) all.addAll(latencies);
    const worst = Math.max(...group.map(({ value }) => value));
    const missed = group.filter((one) => isMet(one) === false).length;
    const limit = group[0]?.atMost ?? 0;
    run.report.lines([
      `${name}: ${group.length} filters, target ${limit} ms; all answers p50 ${all.percentile(50).toFixed(2)} ms, ` +
        `p99 ${all.percentile(99).toFixed(2)} ms; worst filter's p99 ${worst.toFixed(1)} ms; ${missed} missed`,
    ]);
  }
}

function showMisses(run: Run, measured: readonly Measured[]): void {
  const missed = measured.filter((one) => isMet(one) === false).sort((a, b) => b.value - a.value);
  run.report.lines(
    missed.slice(0, SHOWN_MISSES).map(
      ({ what, value, atMost, more }) =>
        `  MISSED ${what} ${value.toFixed(1)} ms > ${atMost} ms (${Object.entries(more ?? {})
          .map(([name, one]) => `${name} ${typeof one === 'number' ? Number(one.toPrecision(3)) : one}`)
          .join(', ')})`,
    ),
  );
  if (missed.length > SHOWN_MISSES) run.report.lines([`  … and ${missed.length - SHOWN_MISSES} more`]);
}

/** Every filter with a target: first pages in both orders, with and without an exact total. */
export const queries: Scenario = async (run) => {
  const server = await run.start(run.data.location);
  const connection = await Connection.open(server.url);
  const meter = cpuMeter(run, server);
  const measured: Measured[] = [];
  for (const filter of filters(run.data.sample)) {
    const matches = await totalOf(connection, filter);
    for (const shape of SHAPES) {
      const one = await measure(connection, filter, shape, matches);
      run.report.note(withoutParts(one));
      measured.push(one);
    }
    process.stderr.write(`\r${measured.length} filters measured `);
  }
  process.stderr.write('\r                             \r');
  connection.close();
  summarize(run, measured);
  showMisses(run, measured);
  const count = measured.reduce((sum, { latencies }) => sum + latencies.count, 0);
  run.report.lines([
    `server cpu ${(cpuEach(meter(), count)['server cpu µs'] ?? 0).toFixed(0)} µs a query, ${count} queries`,
  ]);
  await reportMemory(run, server);
};
