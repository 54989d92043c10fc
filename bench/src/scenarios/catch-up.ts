import { send } from '../client/requests.ts';
import { Api } from '../events/api.ts';
import { cpuEach, cpuMeter, type Scenario } from '../run.ts';
import { hierarchy } from './hierarchy.ts';

const NODES = 10_000;
const TIMES = 10;
const PAGE = 1000;
const PER_SECOND = 20_000;

interface FeedPage {
  items: unknown[];
  next: number;
}

/** Reading a hundred thousand entries of the log that one has missed, page by page. */
export const catchUp: Scenario = async (run) => {
  const copy = await run.data.copy();
  try {
    const server = await run.start(copy.location);
    const api = await Api.open(server);
    const { next: begin } = await api.read<FeedPage>('feed?after=latest');
    const whole = hierarchy(NODES);
    for (let i = 0; i < TIMES; i += 1) {
      const { id } = await api.ask<{ id: string }>(send('POST', 'node', server.token, whole.node));
      await api.ask(send('PUT', `nodes/${id}`, server.token, whole));
    }
    const meter = cpuMeter(run, server);
    const start = performance.now();
    let entries = 0;
    for (let after = begin; ; ) {
      const page = await api.read<FeedPage>(`feed?after=${after}&limit=${PAGE}`);
      entries += page.items.length;
      after = page.next;
      if (page.items.length === 0) break;
    }
    const seconds = (performance.now() - start) / 1000;
    if (entries !== TIMES * (NODES + 1)) throw new Error(`${entries} entries were read`);
    api.close();
    run.report.add({
      what: `${entries} entries read through the feed, ${PAGE} at a time`,
      value: entries / seconds,
      unit: '/s',
      atLeast: PER_SECOND,
      more: { ...cpuEach(meter(), entries) },
    });
    await server.stop();
  } finally {
    await copy.drop();
  }
};
