import { Connection } from '../client/connection.ts';
import { cycle, drive, type Load } from '../client/drive.ts';
import { median } from '../client/latencies.ts';
import { get as getRequest } from '../client/requests.ts';
import { type Cpu, cpuEach, cpuMeter, type Run, reportMemory, type Scenario } from '../run.ts';
import { startBareServer } from '../server/bare.ts';
import type { BenchServer } from '../server/server.ts';

const CONNECTIONS = 32;
const WARM_UP_SECONDS = 2;
const TARGET = { sqlite: 0.35, postgres: 0.15 };
/** Of each answer, or of the connection: not the yardstick's to repeat. */
const OWN_HEADERS = /^(date|connection|keep-alive|content-length|transfer-encoding)$/i;

/** The headers and the bodies of the server's answers, for the yardstick to repeat. */
async function answersOf(server: BenchServer, ids: readonly string[]) {
  const connection = await Connection.open(server.url);
  const bodies: Record<string, string> = {};
  let head = '';
  for (const id of ids) {
    const answer = await connection.exchange(getRequest(`node/${id}`), { keepBody: true });
    if (answer.status !== 200 || answer.bytes < 100) throw new Error(`node ${id}: ${answer.head}`);
    bodies[`/latest/node/${id}`] = answer.body.toString();
    head = answer.head;
  }
  connection.close();
  const lines = head.split('\r\n').slice(1);
  const headers = lines
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const)
    .filter(([name]) => !OWN_HEADERS.test(name));
  return { headers: Object.fromEntries(headers), bodies };
}

interface Side {
  pid: number;
  url: string;
  loads: Load[];
  cpus: Cpu[];
}

async function measure(run: Run, side: Side, next: () => Buffer): Promise<void> {
  const meter = cpuMeter(run, side);
  side.loads.push(await drive({ url: side.url, connections: CONNECTIONS, seconds: run.seconds, next }));
  side.cpus.push(meter());
}

const rate = (side: Side): number => median(side.loads.map((load) => load.perSecond));
const requests = (side: Side): number => side.loads.reduce((sum, load) => sum + load.requests, 0);

function cpuOf({ cpus }: Side): Cpu {
  const sum = (of: keyof Cpu) => cpus.reduce((seconds, cpu) => seconds + cpu[of], 0);
  return { server: sum('server'), database: sum('database'), client: sum('client') };
}

function report(run: Run, bare: Side, ours: Side): void {
  const ratios = ours.loads.map((load, i) => load.perSecond / (bare.loads[i]?.perSecond ?? Number.NaN));
  const more = (side: Side) => ({
    'p50 ms': median(side.loads.map(({ latencies }) => latencies.percentile(50))),
    'p99 ms': median(side.loads.map(({ latencies }) => latencies.percentile(99))),
    ...cpuEach(cpuOf(side), requests(side)),
  });
  run.report.add({ what: 'bare node:http', value: rate(bare), unit: '/s', more: more(bare) });
  run.report.add({ what: 'GET node/{id}', value: rate(ours), unit: '/s', more: more(ours) });
  const each = (side: Side) => cpuOf(side).server / requests(side);
  run.report.add({
    what: 'ratio of requests per second, median of the rounds',
    value: median(ratios),
    unit: '',
    atLeast: TARGET[run.data.engine],
    more: {
      rounds: ratios.map((ratio) => ratio.toFixed(3)).join(' '),
      "by the servers' processor time": each(bare) / each(ours),
    },
  });
}

/** One node by its id, random ids, beside a bare HTTP server that sends the same bytes, alternating. */
export const get: Scenario = async (run) => {
  const server = await run.start(run.data.location);
  const { ids } = run.data.sample;
  const answers = await answersOf(server, ids);
  const bareServer = await startBareServer(answers);
  const next = cycle(ids.map((id) => getRequest(`node/${id}`)));
  const side = ({ pid, url }: { pid: number; url: string }): Side => ({
    pid,
    url,
    loads: [],
    cpus: [],
  });
  const [bare, ours] = [side(bareServer), side(server)];
  try {
    for (const { url } of [bare, ours]) {
      await drive({ url, connections: CONNECTIONS, seconds: WARM_UP_SECONDS, next });
    }
    for (let round = 0; round < run.rounds; round += 1) {
      await measure(run, bare, next);
      await measure(run, ours, next);
    }
    report(run, bare, ours);
    await reportMemory(run, server);
  } finally {
    await bareServer.stop();
  }
};
