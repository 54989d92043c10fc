import { Connection } from '../client/connection.ts';
import { Latencies } from '../client/latencies.ts';
import { get } from '../client/requests.ts';
import type { DataSet } from '../data/data-set.ts';
import { Random } from '../dataset/random.ts';
import { pathOf, type Shape } from '../queries/cases.ts';
import { type Condition, FIELDS } from '../queries/fields.ts';
import { cpuMeter, type Run, type Scenario } from '../run.ts';
import type { BenchServer } from '../server/server.ts';

const SMALL = 10_000;
const LIMIT = 1.5;
const TIMES = 150;
const SEED = 7004;
/** Fields with as many nodes to a value however many nodes there are: their exact totals must not slow down either. */
const SELECTIVE = new Set(['parent', 'treeid', 'data.kernel_revision.commit']);

interface Query {
  name: string;
  path(data: DataSet, random: Random): string;
}

function queries(): Query[] {
  const byId: Query = {
    name: 'GET node/{id}',
    path: ({ sample }, random) => `node/${random.pick(sample.ids)}`,
  };
  const filtered = FIELDS.flatMap((field) =>
    (['', '-created'] as const).map((sort): Query => {
      const total = SELECTIVE.has(field.name) ? 'exact' : 'none';
      const shape: Shape = { limit: 50, sort, total };
      const path = ({ sample }: DataSet, random: Random): string => {
        let condition: Condition | undefined;
        while (condition === undefined) condition = field.of(random.pick(sample.columns), random, sample);
        return pathOf(condition, shape);
      };
      return { name: `${field.name}, limit 50${sort && `, sort ${sort}`}, total ${total}`, path };
    }),
  );
  return [byId, ...filtered];
}

interface Side {
  data: DataSet;
  server: BenchServer;
  connection: Connection;
  random: Random;
}

async function side(run: Run, data: DataSet): Promise<Side> {
  const server = await run.start(data.location);
  return { data, server, connection: await Connection.open(server.url), random: new Random(SEED, 7) };
}

async function compare(run: Run, query: Query, sides: readonly [Side, Side]): Promise<void> {
  const results = sides.map((one) => ({ one, latencies: new Latencies(), meter: cpuMeter(run, one.server) }));
  for (let i = 0; i < TIMES; i += 1) {
    for (const { one, latencies } of results) {
      const answer = await one.connection.exchange(get(query.path(one.data, one.random)));
      if (answer.status !== 200) throw new Error(`${query.name} is answered ${answer.head}`);
      latencies.add(answer.ms);
    }
  }
  const [small, large] = results.map(({ latencies, meter }) => ({
    ms: latencies.percentile(50),
    cpu: meter().server,
  }));
  if (small === undefined || large === undefined) return;
  run.report.add({
    what: query.name,
    value: large.ms / small.ms,
    unit: 'times',
    atMost: LIMIT,
    more: { 'small p50 ms': small.ms, 'large p50 ms': large.ms, 'cpu times': large.cpu / small.cpu },
  });
}

/** The same queries on the data set and on one of 10,000 nodes, alternating. */
export const growth: Scenario = async (run) => {
  const sides = [await side(run, await run.provide(SMALL)), await side(run, run.data)] as const;
  for (const query of queries()) await compare(run, query, sides);
  for (const { connection } of sides) connection.close();
};
