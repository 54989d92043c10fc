import type { Connection } from '../client/connection.ts';
import { Latencies } from '../client/latencies.ts';
import { get } from '../client/requests.ts';
import { fineCpuMilliseconds } from '../machine/processes.ts';
import type { Measurement } from '../report.ts';
import type { Run } from '../run.ts';
import type { BenchServer } from '../server/server.ts';
import { type Filter, pathOf, type Shape } from './cases.ts';

const FAST_MS = 20;
const WIDEST_MS = 150;
const OTHER_PAIR_MS = 250;
const TIMES = 20;
/** When the first times miss the target, the verdict is upon so many more: one hiccup of the machine is no miss. */
const MORE_TIMES = 80;
/** Time for one filter in one shape, so that hopeless ones do not take all day. */
const BUDGET_MS = 4000;

export interface Asking {
  run: Run;
  server: BenchServer;
  connection: Connection;
}

/** One filter in one shape. */
export interface Measured {
  filter: Filter;
  shape: Shape;
  latencies: Latencies;
  limitMs: number;
  p99: number;
  /** Processor time of one query, server and database, in milliseconds. */
  cpuMs: number;
  /** How many nodes meet the first condition. */
  matches: number;
}

function limitOf(filter: Filter, shape: Shape): number {
  if (shape.total === 'none') return FAST_MS;
  if (filter.group === 'two others') return OTHER_PAIR_MS;
  return filter.widest ? WIDEST_MS : FAST_MS;
}

/** Asks once. Throws when the answer is not 200. */
async function ask(connection: Connection, path: string): Promise<{ ms: number; body: Buffer }> {
  const answer = await connection.exchange(get(path), { keepBody: true });
  if (answer.status !== 200) throw new Error(`${path} is answered ${answer.head}\n${answer.body}`);
  return answer;
}

/** How many nodes meet the filter's first condition. */
export async function matchesOf(connection: Connection, filter: Filter): Promise<number> {
  const path = pathOf(filter.conditions[0] ?? [], { limit: 1, sort: '', total: 'exact' });
  const { body } = await ask(connection, path);
  return (JSON.parse(body.toString()) as { total: number }).total;
}

export async function measure(
  asking: Asking,
  filter: Filter,
  shape: Shape,
  matches: number,
): Promise<Measured> {
  const { run, server, connection } = asking;
  const latencies = new Latencies();
  const limitMs = limitOf(filter, shape);
  const end = performance.now() + BUDGET_MS;
  const cpu = () => fineCpuMilliseconds(server.pid, run.databasePid);
  const cpuBefore = cpu();
  const repeat = async (times: number) => {
    for (let i = 0; i < times && performance.now() < end; i += 1) {
      const condition = filter.conditions[latencies.count % filter.conditions.length] ?? [];
      latencies.add((await ask(connection, pathOf(condition, shape))).ms);
    }
  };
  await repeat(TIMES);
  if (latencies.percentile(99) > limitMs) await repeat(MORE_TIMES);
  const cpuMs = (cpu() - cpuBefore) / latencies.count;
  return { filter, shape, latencies, limitMs, p99: latencies.percentile(99), cpuMs, matches };
}

export function asMeasurement({ filter, shape, ...measured }: Measured): Measurement {
  const { latencies, limitMs, p99, cpuMs, matches } = measured;
  const { limit, sort, total } = shape;
  const order = sort === '' ? '' : `, sort ${sort}`;
  return {
    what: `${filter.name}${filter.widest ? ' (widest)' : ''}, limit ${limit}${order}, total ${total}: p99`,
    value: p99,
    unit: 'ms',
    atMost: limitMs,
    more: { 'p50 ms': latencies.percentile(50), 'cpu ms': cpuMs, times: latencies.count, matches },
  };
}
