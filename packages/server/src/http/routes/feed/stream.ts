import { FeedStreamQuery, filterable, GoneBody, SECOND } from '@kernelci/model';
import { Type } from 'typebox';
import { feedEntryText } from '../../../domain/events/entry-text.ts';
import { parseEventFilter } from '../../../domain/events/event-filter.ts';
import { startPosition } from '../../../domain/feed/start-position.ts';
import { DomainError, gone } from '../../../errors.ts';
import { FeedReader } from '../../../events/feed-reader.ts';
import { COMMENT, eventBlock, retryBlock, sendEventStream } from '../../event-stream.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { Waits } from '../../waits.ts';
import { errors } from '../errors.ts';

const RETRY_MS = 2000;
const SIGN_OF_LIFE_MS = 15 * SECOND;
/** Entries in one piece of the answer. */
const BATCH = 100;

/** One event, as those who read the stream are told of it. */
const StreamedEvent = Type.Object({
  id: Type.Optional(Type.String({ pattern: '^\\d+$', description: 'the position' })),
  event: Type.Enum(['message', 'gone']),
  data: Type.String({ description: 'JSON: an entry as at `/feed`, or why the stream ends' }),
});

/** The position that a client which comes back has told of; undefined when it has not. */
function lastEventId(header: string | string[] | undefined): string | undefined {
  if (header === undefined || header === '') return undefined;
  if (typeof header === 'string' && /^\d{1,20}$/.test(header)) return header;
  throw new DomainError('bad_value', 'Last-Event-ID: must be a position of the log, a number');
}

async function* entryBlocks(reader: FeedReader, limit: number, signal: AbortSignal): AsyncGenerator<string> {
  yield retryBlock(RETRY_MS);
  let told = reader.position;
  for (let left = limit; left > 0 && !signal.aborted; ) {
    const rows = await reader.read(Math.min(left, BATCH));
    left -= rows.length;
    if (rows.length > 0) {
      told = rows.at(-1)?.seq ?? told;
      yield rows.map((row) => eventBlock({ id: row.seq, data: feedEntryText(row) })).join('');
      continue;
    }
    const isQuiet = reader.isAtEnd && !(await reader.news(signal, SIGN_OF_LIFE_MS));
    // Nobody has to look again, when they come back, at what is none of theirs.
    if (reader.position > told) yield eventBlock({ id: reader.position });
    told = reader.position;
    if (isQuiet && !signal.aborted) yield COMMENT;
  }
}

/** The same; when the log loses what the client has not read yet, it is told so, and that is the end. */
async function* blocksUntilGone(...what: Parameters<typeof entryBlocks>): AsyncGenerator<string> {
  try {
    yield* entryBlocks(...what);
  } catch (error) {
    if (!(error instanceof DomainError && error.code === 'gone')) throw error;
    const data = JSON.stringify({ detail: error.message, oldest: error.extras.oldest });
    yield eventBlock({ event: 'gone', data });
  }
}

export function registerStreamFeed(app: App, { services, feed, waitingLimit }: RouteDeps): void {
  const { reader: log } = services.db;
  const waits = new Waits(app);
  app.get('/feed/stream', {
    config: { access: 'public' },
    schema: {
      tags: ['events'],
      summary: 'The event log from a position on, as server-sent events',
      description:
        'The same entries as `/feed`, each as soon as it is in the log. `Last-Event-ID` goes before `after`. When ' +
        'entries are removed before they were read, an event named `gone` ends the stream.',
      querystring: filterable(FeedStreamQuery),
      response: {
        200: {
          description: 'Server-sent events whose ids are positions and whose data are entries of the log',
          content: { 'text/event-stream': { schema: StreamedEvent } },
        },
        ...errors(400, 429),
        410: GoneBody,
      },
    },
    handler: async (request, reply) => {
      const { after, limit = Number.POSITIVE_INFINITY, wait: _, ...conditions } = request.query;
      const filter = parseEventFilter(conditions as Record<string, string>);
      const start = await startPosition(log, lastEventId(request.headers['last-event-id']) ?? after);
      const reader = new FeedReader({ reader: log, feed }, filter, start, (_missed, oldest) => {
        throw gone(oldest);
      });
      const leave = await waitingLimit.enter(request);
      const signal = waits.begin(reply);
      signal.addEventListener('abort', leave);
      if (signal.aborted) leave();
      return sendEventStream(reply, signal, blocksUntilGone(reader, limit, signal));
    },
  });
}
