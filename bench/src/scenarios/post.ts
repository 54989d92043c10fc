import { Connection } from '../client/connection.ts';
import { cycle, drive, type Load } from '../client/drive.ts';
import { median } from '../client/latencies.ts';
import { get, send } from '../client/requests.ts';
import { cpuEach, cpuMeter, type Run, reportMemory, type Scenario } from '../run.ts';
import type { BenchServer } from '../server/server.ts';
import { newBodies } from './bodies.ts';

const CONNECTIONS = 32;
const BODIES = 20_000;
const WARM_UP_SECONDS = 2;
const TARGET = { sqlite: 8000, postgres: 3000 };
const ALONE_MS = 3;

async function together(run: Run, server: BenchServer, next: () => Buffer): Promise<void> {
  const loads: Load[] = [];
  const meter = cpuMeter(run, server);
  for (let round = 0; round < run.rounds; round += 1) {
    loads.push(await drive({ url: server.url, connections: CONNECTIONS, seconds: run.seconds, next }));
  }
  const requests = loads.reduce((sum, load) => sum + load.requests, 0);
  run.report.add({
    what: `POST node, ${CONNECTIONS} at once`,
    value: median(loads.map(({ perSecond }) => perSecond)),
    unit: '/s',
    atLeast: TARGET[run.data.engine],
    more: {
      'p50 ms': median(loads.map(({ latencies }) => latencies.percentile(50))),
      'p99 ms': median(loads.map(({ latencies }) => latencies.percentile(99))),
      rounds: loads.map(({ perSecond }) => Math.round(perSecond)).join(' '),
      ...cpuEach(meter(), requests),
    },
  });
}

async function alone(run: Run, server: BenchServer, next: () => Buffer): Promise<void> {
  const meter = cpuMeter(run, server);
  const { latencies, requests } = await drive({
    url: server.url,
    connections: 1,
    seconds: run.seconds,
    next,
  });
  run.report.add({
    what: 'POST node, one client: median',
    value: latencies.percentile(50),
    unit: 'ms',
    atMost: ALONE_MS,
    more: { 'p99 ms': latencies.percentile(99), requests, ...cpuEach(meter(), requests) },
  });
}

/** What was answered is there: as one node, with its event. */
async function check(server: BenchServer, next: () => Buffer): Promise<void> {
  const connection = await Connection.open(server.url);
  const answer = await connection.exchange(next(), { keepBody: true });
  const { id } = JSON.parse(answer.body.toString()) as { id: string };
  for (const path of [`node/${id}`, `node/${id}/history`]) {
    const { status, bytes } = await connection.exchange(get(path));
    if (status !== 200 || bytes < 100) throw new Error(`${path} of a created node is not there`);
  }
  connection.close();
}

/** Creating nodes, authenticated and durable, with everything that comes with it. */
export const post: Scenario = async (run) => {
  const copy = await run.data.copy();
  try {
    const server = await run.start(copy.location);
    const bodies = [...newBodies(run.data.sample, BODIES)];
    const next = cycle(bodies.map((body) => send('POST', 'node', server.token, body)));
    await check(server, next);
    await drive({ url: server.url, connections: CONNECTIONS, seconds: WARM_UP_SECONDS, next });
    await together(run, server, next);
    await alone(run, server, next);
    await reportMemory(run, server);
    await server.stop();
  } finally {
    await copy.drop();
  }
};
