import type { NodeRecord } from '../../../packages/server/src/domain/nodes/node.ts';
import { Connection } from '../client/connection.ts';
import { median } from '../client/latencies.ts';
import { get, send } from '../client/requests.ts';
import { dataset } from '../dataset.ts';
import { cpuEach, cpuMeter, type Run, reportMemory, type Scenario } from '../run.ts';
import type { BenchServer } from '../server/server.ts';
import { bodyOf } from './bodies.ts';

const NODES = 10_000;
const TIMES = 5;
const LIMIT_MS = 1500;
const SEED = 7002;

export interface Hierarchy {
  node: Record<string, unknown>;
  child_nodes: Hierarchy[];
}

function* newNodes(): Generator<NodeRecord> {
  for (const burst of dataset({ nodes: 2 * NODES, seed: SEED, until: Date.now(), days: 2 })) yield* burst;
}

/** A checkout with builds, jobs and tests below it, so many nodes with the root. */
export function hierarchy(nodes: number): Hierarchy {
  const byId = new Map<string, Hierarchy>();
  const tops: Hierarchy[] = [];
  let root: NodeRecord | undefined;
  let count = 1;
  for (const node of newNodes()) {
    root ??= node;
    if (node.kind === 'checkout') continue;
    const entry = { node: bodyOf(node, null), child_nodes: [] };
    byId.set(node.id, entry);
    (byId.get(node.parent ?? '')?.child_nodes ?? tops).push(entry);
    count += 1;
    if (count === nodes) break;
  }
  if (root === undefined) throw new Error('a data set begins with a checkout');
  return { node: bodyOf(root, null), child_nodes: tops };
}

async function putOnce(connection: Connection, server: BenchServer, whole: Hierarchy): Promise<number> {
  const root = await connection.exchange(send('POST', 'node', server.token, whole.node), { keepBody: true });
  const { id } = JSON.parse(root.body.toString()) as { id: string };
  const answer = await connection.exchange(send('PUT', `nodes/${id}`, server.token, whole), {
    keepBody: true,
  });
  if (answer.status !== 200) throw new Error(`the hierarchy is answered ${answer.head}\n${answer.body}`);
  const stored = JSON.parse(answer.body.toString()) as Array<{ id: string }>;
  const last = await connection.exchange(get(`node/${stored.at(-1)?.id}`));
  if (stored.length !== NODES || last.bytes < 100)
    throw new Error(`${stored.length} nodes of the hierarchy are there`);
  return answer.ms;
}

async function measure(run: Run, server: BenchServer): Promise<void> {
  const whole = hierarchy(NODES);
  const connection = await Connection.open(server.url);
  const meter = cpuMeter(run, server);
  const times: number[] = [];
  for (let i = 0; i < TIMES; i += 1) times.push(await putOnce(connection, server, whole));
  const cpu = cpuEach(meter(), TIMES * NODES);
  connection.close();
  run.report.add({
    what: `PUT nodes/{id} with ${NODES} nodes, median`,
    value: median(times),
    unit: 'ms',
    atMost: LIMIT_MS,
    more: {
      'each ms': times.map((ms) => Math.round(ms)).join(' '),
      MB: JSON.stringify(whole).length / 1024 ** 2,
      ...cpu,
    },
  });
}

/** A whole tree of nodes in one request. */
export const hierarchyScenario: Scenario = async (run) => {
  const copy = await run.data.copy();
  try {
    const server = await run.start(copy.location);
    await measure(run, server);
    await reportMemory(run, server);
    await server.stop();
  } finally {
    await copy.drop();
  }
};
