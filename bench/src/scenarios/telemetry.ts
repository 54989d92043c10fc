import { Connection } from '../client/connection.ts';
import { Latencies } from '../client/latencies.ts';
import { get, send } from '../client/requests.ts';
import { Random } from '../dataset/random.ts';
import { loadTelemetry, telemetryRow } from '../load/telemetry.ts';
import { fineCpuMilliseconds } from '../machine/processes.ts';
import { type Run, reportMemory, type Scenario } from '../run.ts';
import type { BenchServer } from '../server/server.ts';

const EVENTS = 1_000_000;
const BATCH = 1000;
const BATCHES = 60;
const TIMES = 100;
const WARM_UP = 5;
const READ_MS = 150;
const POST_MS = 60;
const DAY = 24 * 60 * 60 * 1000;

interface Asking {
  run: Run;
  server: BenchServer;
  connection: Connection;
}

async function measure(
  { run, server, connection }: Asking,
  { what, atMost, times }: { what: string; atMost?: number; times: number },
  request: () => Buffer,
): Promise<void> {
  const latencies = new Latencies();
  const ask = async () => {
    const answer = await connection.exchange(request(), { keepBody: true });
    if (answer.status !== 200) throw new Error(`${what} is answered ${answer.head}\n${answer.body}`);
    return answer.ms;
  };
  for (let i = 0; i < WARM_UP; i += 1) await ask();
  const cpu = fineCpuMilliseconds(server.pid, run.databasePid);
  for (let i = 0; i < times; i += 1) latencies.add(await ask());
  run.report.add({
    what: `${what}: p99`,
    value: latencies.percentile(99),
    unit: 'ms',
    ...(atMost !== undefined && { atMost }),
    more: {
      'p50 ms': latencies.percentile(50),
      'cpu ms': (fineCpuMilliseconds(server.pid, run.databasePid) - cpu) / times,
      times,
    },
  });
}

/** How long others wait meanwhile: counting two weeks must not be in the way of anybody. */
async function beside(asking: Asking, path: string): Promise<void> {
  const { run, server, connection } = asking;
  const other = await Connection.open(server.url);
  const latencies = new Latencies();
  let done = false;
  const counting = connection.exchange(get(path)).finally(() => (done = true));
  while (!done) latencies.add((await other.exchange(get('health'))).ms);
  const { ms } = await counting;
  other.close();
  run.report.add({
    what: 'GET health while all telemetry is counted: p99',
    value: latencies.percentile(99),
    unit: 'ms',
    more: { 'counting ms': ms, times: latencies.count },
  });
}

/** A million events of two weeks: counts and anomalies of the last day, pages, and batches that services send. */
export const telemetry: Scenario = async (run) => {
  const copy = await run.data.copy();
  try {
    await loadTelemetry(copy.location, EVENTS);
    const server = await run.start(copy.location);
    const connection = await Connection.open(server.url);
    const asking = { run, server, connection };
    const since = () => new Date(Date.now() - DAY).toISOString();
    const reads: Array<[string, (since: string) => string]> = [
      ['stats by runtime', (time) => `telemetry/stats?group_by=runtime&since=${time}`],
      ['stats by kind and tree', (time) => `telemetry/stats?group_by=kind,tree&since=${time}`],
      ['stats by device', (time) => `telemetry/stats?group_by=lab,device_type,device_id&since=${time}`],
      ['anomalies of device types', () => 'telemetry/anomalies?window=24h'],
      ['anomalies of devices', () => 'telemetry/anomalies?window=24h&scope=device&threshold=0.2'],
      ['recent errors', (time) => `telemetry?is_infra_error=true&limit=50&since=${time}`],
    ];
    for (const [what, path] of reads) {
      const target = { what: `${what}, 24 h of ${EVENTS / 1e6} M`, atMost: READ_MS, times: TIMES };
      await measure(asking, target, () => get(path(since())));
    }
    await beside(asking, 'telemetry/stats?group_by=runtime,kind');
    const random = new Random(1, 6);
    const batch = () => {
      const events = Array.from({ length: BATCH }, () => {
        const { id: _, ts: __, is_infra_error, extra: ___, ...event } = telemetryRow(random, Date.now());
        return { ...event, is_infra_error: is_infra_error === 1 };
      });
      return send('POST', 'telemetry', server.token, events);
    };
    const sent = { what: `POST of ${BATCH} events`, atMost: POST_MS, times: BATCHES };
    await measure(asking, sent, batch);
    connection.close();
    await reportMemory(run, server);
    await server.stop();
  } finally {
    await copy.drop();
  }
};
