import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '../client/connection.ts';
import { Latencies } from '../client/latencies.ts';
import { get } from '../client/requests.ts';
import { cpuMeter, type Run, reportMemory, type Scenario } from '../run.ts';
import type { BenchServer } from '../server/server.ts';

const LIMIT_MS = 3000;
const GET_LIMIT_MS = 20;
const TIMES = 3;
const READERS = 4;
/** Between two reads of one reader: they are there to feel a stall, not to be load themselves. */
const PAUSE_MS = 5;

type Case = readonly [field: string, pattern: string, what: string];
const CASES: readonly Case[] = [
  ['name', '^login$', 'a name'],
  ['name', 'mm_.*_test$', 'a part of the names'],
  ['name', '^.*$', 'every name'],
  ['name', 'no such name', 'no name'],
  ['name', '(a|b|l|o)*x(g|i|n)+$', 'an expensive one'],
  ['id', '7f$', 'as many texts as nodes'],
  ['data.device', '-cbg-3$', 'a field that only the documents have'],
];

/** Reads single nodes until told to stop. */
async function readNodes(
  server: BenchServer,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Latencies> {
  const latencies = new Latencies();
  const connection = await Connection.open(server.url);
  for (let i = 0; !signal.aborted; i += 1) {
    const { ms } = await connection.exchange(get(`node/${ids[i % ids.length]}`));
    latencies.add(ms);
    await sleep(PAUSE_MS);
  }
  connection.close();
  return latencies;
}

async function measure(run: Run, server: BenchServer, [field, pattern, what]: Case): Promise<void> {
  const stop = new AbortController();
  const { ids } = run.data.sample;
  const readers = Array.from({ length: READERS }, (_, i) =>
    readNodes(server, ids.slice(i * 1000), stop.signal),
  );
  const connection = await Connection.open(server.url);
  const path = `nodes?${new URLSearchParams({ [`${field}__re`]: pattern })}`;
  const slow = new Latencies();
  const meter = cpuMeter(run, server);
  let total = 0;
  try {
    for (let i = 0; i < TIMES; i += 1) {
      const answer = await connection.exchange(get(path), { keepBody: true });
      if (answer.status !== 200) throw new Error(`${path} is answered ${answer.head}\n${answer.body}`);
      total = (JSON.parse(answer.body.toString()) as { total: number }).total;
      slow.add(answer.ms);
    }
  } finally {
    stop.abort();
    connection.close();
  }
  const cpu = meter();
  const reads = new Latencies();
  for (const latencies of await Promise.all(readers)) reads.addAll(latencies);
  run.report.add({
    what: `${field}__re=${pattern} (${what}), slowest of ${TIMES}`,
    value: slow.percentile(100),
    unit: 'ms',
    atMost: LIMIT_MS,
    more: { 'p50 ms': slow.percentile(50), total, 'server cpu s': cpu.server / TIMES },
  });
  run.report.add({
    what: `GET node/{id} meanwhile, p99 (${what})`,
    value: reads.percentile(99),
    unit: 'ms',
    atMost: GET_LIMIT_MS,
    more: { 'p50 ms': reads.percentile(50), 'slowest ms': reads.percentile(100), reads: reads.count },
  });
}

/** Regular expressions over all nodes, and what single reads feel of them. */
export const regex: Scenario = async (run) => {
  const server = await run.start(run.data.location);
  // What starts with the first query is not what is measured.
  await fetch(`${server.url}/latest/nodes?limit=1&name__re=x`).then((answer) => answer.text());
  for (const one of CASES) await measure(run, server, one);
  await reportMemory(run, server);
};
