import { setTimeout as sleep } from 'node:timers/promises';
import { Latencies } from '../client/latencies.ts';
import { send } from '../client/requests.ts';
import { Api } from '../events/api.ts';
import { Listening } from '../events/listening.ts';
import type { Run, Scenario } from '../run.ts';
import type { BenchServer } from '../server/server.ts';
import { newBodies } from './bodies.ts';

const EVENTS = 400;
const PAUSE_MS = 10;
const TARGET = { sqlite: 5, postgres: 10 };
const ACROSS_MS = 25;

/** Creates nodes at one instance, one after the other, and hears of them at another, or the same. */
async function measure(
  run: Run,
  from: BenchServer,
  to: BenchServer,
  told: { what: string; atMost: number },
): Promise<void> {
  const api = await Api.open(from);
  const heard = new Map<string, number>();
  const subscription = { id: await api.subscribe('node', from.token, true), token: from.token };
  const listening = await Listening.open(to, subscription, (id, at) => heard.set(id, at));
  await sleep(500);
  const [sinceSent, sinceAnswered] = [new Latencies(), new Latencies()];
  for (const body of newBodies(run.data.sample, EVENTS)) {
    const sent = performance.now();
    const { id } = await api.ask<{ id: string }>(send('POST', 'node', from.token, body));
    const answered = performance.now();
    while (!heard.has(id)) await sleep(1);
    const at = heard.get(id) as number;
    sinceSent.add(at - sent);
    sinceAnswered.add(Math.max(at - answered, 0));
    await sleep(PAUSE_MS);
  }
  listening.close();
  api.close();
  run.report.add({
    what: `${told.what}: median`,
    value: sinceSent.percentile(50),
    unit: 'ms',
    atMost: told.atMost,
    more: {
      'p99 ms': sinceSent.percentile(99),
      'since the answer, p50 ms': sinceAnswered.percentile(50),
      events: EVENTS,
    },
  });
}

/** How long after a node is written a listener that waits has its event, on an idle server. */
export const delivery: Scenario = async (run) => {
  const copy = await run.data.copy();
  try {
    const server = await run.start(copy.location);
    const { engine } = run.data;
    await measure(run, server, server, {
      what: 'from POST node being sent to a listener having its event',
      atMost: TARGET[engine],
    });
    if (engine === 'postgres') {
      const other = await run.start(copy.location);
      await measure(run, server, other, {
        what: 'the same, the listener at another instance',
        atMost: ACROSS_MS,
      });
      await other.stop();
    }
    await server.stop();
  } finally {
    await copy.drop();
  }
};
