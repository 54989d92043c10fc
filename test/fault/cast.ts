import { Random } from '../helpers/random.ts';
import { Client } from './client.ts';
import { CHANNEL } from './mark.ts';
import { Publisher } from './publisher.ts';
import { FeedReader } from './readers/feed.ts';
import { HookReader } from './readers/hook.ts';
import { ListeningReader } from './readers/listening.ts';
import type { Reader } from './readers/reader.ts';
import { StreamReader } from './readers/stream.ts';
import { GroupWorker } from './readers/worker.ts';
import type { World } from './world.ts';

const PLAIN = { complete: true, ordered: true, again: 'after failures' } as const;
const CUT = { complete: false, ordered: true, again: 'after failures' } as const;
const DURABLE = { complete: true, ordered: true, again: 'always' } as const;
/** Whoever keeps its position itself hears nothing twice. */
const POSITION = { complete: true, ordered: true, again: 'never' } as const;
const HOOK = { complete: true, ordered: true, again: 'always' } as const;
const WORKER = { complete: false, ordered: false, again: 'always' } as const;

export interface Cast {
  publishers: Publisher[];
  readers: Reader[];
  /** Those of one consumer group, who hear everything together. */
  workers: GroupWorker[];
}

/** Who publishes and who reads. Each has chances of its own, so that a seed repeats them. */
export function makeCast(world: World, token: string, random: Random): Cast {
  const { direct, cut } = world;
  const fresh = () => new Random(random.below(2 ** 32));
  const anywhere = () =>
    new Client(
      [...direct, ...cut].toSorted(() => random.next() - 0.5),
      token,
    );
  const straight = (from = 0) => new Client([...direct.slice(from), ...direct.slice(0, from)], token);
  const listening = (
    name: string,
    client: Client,
    guarantee: typeof PLAIN | typeof CUT | typeof DURABLE,
    options: { channel: string; manner?: ConstructorParameters<typeof ListeningReader>[3] },
  ) => new ListeningReader(name, client, { ...guarantee, channel: options.channel }, options.manner ?? {});
  const durable = (name: string, channel: string) =>
    listening(name, anywhere(), DURABLE, {
      channel,
      manner: { subscriberId: name, resubscribes: true, impatient: fresh() },
    });
  const workers = [0, 1].map(
    (n) => new GroupWorker(`worker-${n}`, anywhere(), WORKER, { group: 'storm', random: fresh() }),
  );
  return {
    publishers: [0, 1, 2, 3].map(
      (n) => new Publisher(`p${n}`, anywhere(), { random: fresh(), nodes: n % 2 === 1 }),
    ),
    workers,
    readers: [
      listening('monitor', straight(), PLAIN, { channel: 'node' }),
      listening('plain', straight(1), PLAIN, { channel: CHANNEL }),
      listening('plain-cut', new Client(cut, token), CUT, { channel: CHANNEL }),
      durable('scheduler-node', 'node'),
      durable('scheduler-storm', CHANNEL),
      listening('job-retry', straight(), DURABLE, { channel: 'node', manner: { subscriberId: 'job-retry' } }),
      new FeedReader('feed', anywhere(), POSITION),
      new StreamReader('stream', anywhere(), POSITION, fresh()),
      new HookReader('hook', anywhere(), HOOK, fresh()),
      ...workers,
    ],
  };
}
