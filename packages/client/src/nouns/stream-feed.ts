import type { FeedEntry, FeedPage } from '@kernelci/model';
import { ConnectionError, NotAnApiError } from '../errors.ts';
import type { ParseJson } from '../http/answer.ts';
import type { StreamPart } from '../http/message-stream.ts';
import { Reconnection } from '../http/reconnection.ts';
import { asGone, goneError, oldestIn } from './feed-gone.ts';
import type { FeedPlace, FeedStart, StreamOptions } from './feed-question.ts';

interface Ways {
  /** One connection to the stream. */
  connect(place: FeedPlace): AsyncIterable<StreamPart>;
  /** The long poll. */
  follow(place: FeedPlace): AsyncIterable<FeedPage>;
  parseJson: ParseJson;
}

/** Entries of the feed, over as many connections as it takes, until `signal` ends it. */
export async function* streamEntries(
  ways: Ways,
  options: StreamOptions,
): AsyncGenerator<FeedEntry, void, undefined> {
  const { channel } = options;
  const reconnection = new Reconnection(options);
  let after: FeedStart = options.after ?? 'oldest';
  if (after === 'latest') {
    // A connection that breaks before it told its position would lose what came.
    for await (const page of ways.follow({ channel, after })) {
      after = page.next;
      break;
    }
  }
  let cameThrough = false;
  while (!reconnection.isOver) {
    try {
      for await (const part of ways.connect({ channel, after })) {
        cameThrough = true;
        reconnection.works();
        if (part.type === 'retry') reconnection.beginWith(part.ms);
        if (part.type === 'message') yield entryIn(part, after, ways.parseJson);
        const reached: number = 'id' in part ? Number.parseInt(part.id ?? '', 10) : Number.NaN;
        if (Number.isSafeInteger(reached)) after = reached;
      }
    } catch (error) {
      if (!cameThrough && isHeldUp(error)) {
        for await (const { items } of ways.follow({ channel, after })) yield* items;
        return;
      }
      await reconnection.failed(asGone(error, after));
      continue;
    }
    // The server, or a proxy, has ended it properly.
    await reconnection.pause(reconnection.firstDelayMs);
  }
}

/** Something in between answers by itself, or collects a stream instead of passing it on. */
function isHeldUp(error: unknown): boolean {
  return error instanceof NotAnApiError || (error instanceof ConnectionError && error.kind === 'timeout');
}

function entryIn(
  { event, data }: Extract<StreamPart, { type: 'message' }>,
  after: FeedStart,
  parseJson: ParseJson,
): FeedEntry {
  const body = parseJson(data);
  if (event !== 'gone') return body as FeedEntry;
  throw goneError(after, oldestIn(body) ?? 0);
}
