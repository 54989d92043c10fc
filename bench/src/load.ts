import { columnsOf, documentOf } from '../../packages/server/src/domain/nodes/document.ts';
import type { NodeRecord } from '../../packages/server/src/domain/nodes/node.ts';
import type { Database } from '../../packages/server/src/store/database.ts';
import { appendEvents } from '../../packages/server/src/store/events.ts';
import { insertNodes } from '../../packages/server/src/store/nodes.ts';
import { type DatabaseLocation, openDatabase } from '../../packages/server/src/store/open.ts';
import { type DatasetOptions, dataset } from './dataset.ts';
import { createdEvents } from './load/events.ts';
import { type Sample, Sampler } from './load/sample.ts';

const DAY = 24 * 60 * 60 * 1000;
/** Events are kept for as long. */
const EVENT_DAYS = 7;
const TRANSACTION_NODES = 5000;
const PROGRESS_EVERY_MS = 2000;

function* batches(options: DatasetOptions): Generator<NodeRecord[][]> {
  let batch: NodeRecord[][] = [];
  let size = 0;
  for (const nodes of dataset(options)) {
    batch.push(nodes);
    size += nodes.length;
    if (size < TRANSACTION_NODES) continue;
    yield batch;
    batch = [];
    size = 0;
  }
  yield batch;
}

async function store(db: Database, bursts: NodeRecord[][], eventsFrom: number): Promise<void> {
  const nodes = bursts.flat().map((node) => ({ columns: columnsOf(node), doc: documentOf(node) }));
  await db.write(async (tx) => {
    await insertNodes(tx, nodes);
    for (const burst of bursts) {
      const at = burst[0]?.created ?? 0;
      if (at >= eventsFrom) await appendEvents(tx, createdEvents(burst), at);
    }
  });
}

/** Fills an empty database with a data set, as the server's own functions store it. Answers what is worth asking. */
export async function load(location: DatabaseLocation, options: DatasetOptions): Promise<Sample> {
  const db = await openDatabase(location, { onConnectionError: (error) => console.error(error.message) });
  const sampler = new Sampler(options.seed);
  const start = performance.now();
  let stored = 0;
  let told = start;
  try {
    for (const bursts of batches(options)) {
      await store(db, bursts, options.until - EVENT_DAYS * DAY);
      for (const node of bursts.flat()) sampler.add(node);
      stored = sampler.seen;
      if (performance.now() - told < PROGRESS_EVERY_MS) continue;
      told = performance.now();
      const rate = Math.round((stored * 1000) / (told - start));
      process.stderr.write(`\r${location.engine}: ${stored} of ${options.nodes} nodes, ${rate} a second `);
    }
  } finally {
    await db.close();
  }
  const seconds = Math.round((performance.now() - start) / 1000);
  process.stderr.write(`\r${location.engine}: ${stored} nodes stored in ${seconds} s               \n`);
  return sampler.sample();
}
