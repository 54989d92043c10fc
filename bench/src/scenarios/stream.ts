import { setTimeout as sleep } from 'node:timers/promises';
import { forgetPeak, memoryOf } from '../machine/processes.ts';
import { cpuEach, cpuMeter, type Run, type Scenario } from '../run.ts';
import type { BenchServer } from '../server/server.ts';

const NODES = 100_000;
const MB = 1024 ** 2;
const MEMORY_MB = 250;
/** As over a line of some 200 Mbit/s. */
const SLOW_BYTES_PER_MS = 25_000;

/** Every node's text begins so, and nothing within one does. */
const BEGIN = '{"id":"';

interface Fetched {
  firstMs: number;
  ms: number;
  bytes: number;
  nodes: number;
}

/** Reads the list to its end, no faster than the rate; the client keeps nothing of it. */
async function fetchList(server: BenchServer, limit: number, bytesPerMs: number): Promise<Fetched> {
  const start = performance.now();
  const answer = await fetch(`${server.url}/latest/nodes/fast?limit=${limit}`);
  if (!answer.ok || answer.body === null)
    throw new Error(`nodes/fast answers ${answer.status} ${await answer.text()}`);
  let firstMs = 0;
  let bytes = 0;
  let nodes = 0;
  let tail: Uint8Array = Buffer.alloc(0);
  for await (const chunk of answer.body) {
    firstMs ||= performance.now() - start;
    bytes += chunk.length;
    const text = Buffer.concat([tail, chunk]);
    for (let at = text.indexOf(BEGIN); at >= 0; at = text.indexOf(BEGIN, at + 1)) nodes += 1;
    tail = text.subarray(text.length - BEGIN.length + 1);
    const early = bytes / bytesPerMs - (performance.now() - start);
    if (early > 1) await sleep(early);
  }
  return { firstMs, ms: performance.now() - start, bytes, nodes };
}

async function measure(run: Run, server: BenchServer, what: string, bytesPerMs: number): Promise<void> {
  forgetPeak(server.pid);
  const before = memoryOf(server.pid).now;
  const meter = cpuMeter(run, server);
  const limit = Math.min(NODES, run.data.sample.nodes);
  const { firstMs, ms, bytes, nodes } = await fetchList(server, limit, bytesPerMs);
  const { now, peak } = memoryOf(server.pid);
  const name = `nodes/fast of ${limit} nodes, ${what}`;
  run.report.add({
    what: `${name}: time`,
    value: ms,
    unit: 'ms',
    more: { 'first byte ms': firstMs, MB: bytes / MB, nodes, ...cpuEach(meter(), limit) },
  });
  run.report.add({
    what: `${name}: server memory, peak`,
    value: peak / MB,
    unit: 'MB',
    atMost: MEMORY_MB,
    more: { 'before MB': before / MB, 'after MB': now / MB },
  });
}

/** A list of a hundred thousand nodes, to a client that reads as fast as it can and to one that does not. */
export const stream: Scenario = async (run) => {
  const server = await run.start(run.data.location);
  await measure(run, server, 'fast reader', Number.POSITIVE_INFINITY);
  await measure(run, server, 'slow reader', SLOW_BYTES_PER_MS);
};
