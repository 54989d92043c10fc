import { cycle, drive } from '../client/drive.ts';
import { median } from '../client/latencies.ts';
import { send } from '../client/requests.ts';
import { Api } from '../events/api.ts';
import type { Scenario } from '../run.ts';
import { newBodies } from './bodies.ts';

const CONNECTIONS = 32;
const NODES = 2000;
const RATIO = 0.75;

/** What telling of a change costs: the same changes with their events and without. */
export const append: Scenario = async (run) => {
  const copy = await run.data.copy();
  try {
    const server = await run.start(copy.location);
    const api = await Api.open(server);
    const requests: Record<'told' | 'untold', Buffer[]> = { told: [], untold: [] };
    for (const body of newBodies(run.data.sample, NODES)) {
      const { id } = await api.ask<{ id: string }>(send('POST', 'node', server.token, body));
      requests.told.push(send('PUT', `node/${id}`, server.token, body));
      requests.untold.push(send('PUT', `node/${id}?noevent=true`, server.token, body));
    }
    api.close();
    const measure = async (which: 'told' | 'untold') => {
      const next = cycle(requests[which]);
      return (await drive({ url: server.url, connections: CONNECTIONS, seconds: run.seconds / 2, next }))
        .perSecond;
    };
    await measure('told');
    const ratios: number[] = [];
    const rates = { told: [] as number[], untold: [] as number[] };
    for (let round = 0; round < run.rounds; round += 1) {
      const [untold, told] = [await measure('untold'), await measure('told')];
      rates.told.push(told);
      rates.untold.push(untold);
      ratios.push(told / untold);
    }
    run.report.add({
      what: `PUT node with its event, beside without it, ${CONNECTIONS} at once`,
      value: median(ratios),
      unit: 'times',
      ...(run.data.engine === 'postgres' && { atLeast: RATIO }),
      more: { 'with /s': median(rates.told), 'without /s': median(rates.untold) },
    });
    await server.stop();
  } finally {
    await copy.drop();
  }
};
