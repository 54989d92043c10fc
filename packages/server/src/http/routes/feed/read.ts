import { FeedPage, FeedQuery, filterable, GoneBody, SECOND } from '@kernelci/model';
import type { FastifyReply } from 'fastify';
import { feedEntryText } from '../../../domain/events/entry-text.ts';
import { parseEventFilter } from '../../../domain/events/event-filter.ts';
import { startPosition } from '../../../domain/feed/start-position.ts';
import { gone } from '../../../errors.ts';
import { FeedReader } from '../../../events/feed-reader.ts';
import type { LoggedEntry } from '../../../events/handover.ts';
import { sendJson } from '../../replies.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { Waits } from '../../waits.ts';
import { errors } from '../errors.ts';

function sendPage(reply: FastifyReply, rows: readonly LoggedEntry[], reader: FeedReader): FastifyReply {
  const items = rows.map((row) => feedEntryText(row)).join(',');
  return sendJson(reply, `{"items":[${items}],"next":${reader.position},"oldest":${reader.oldest}}`);
}

export function registerReadFeed(app: App, { services, feed, waitingLimit }: RouteDeps): void {
  const { reader: log } = services.db;
  const waits = new Waits(app);
  /** What comes while the client waits. */
  const laterRows = async (reader: FeedReader, limit: number, signal: AbortSignal) => {
    while (await reader.news(signal)) {
      const rows = await reader.read(limit);
      if (rows.length > 0) return rows;
    }
    return [];
  };
  app.get('/feed', {
    config: { access: 'public' },
    schema: {
      tags: ['events'],
      summary: 'The event log from a position on',
      description:
        'Has an entry for every node, those of hierarchies too. All parameters but `after`, `limit` and `wait` are ' +
        'conditions, as at `/events`. Go on with `after` set to the `next` of the last answer, also when it had no ' +
        'items: one request looks at so many entries and no more. Of a position whose entries are gone, 410 tells.',
      querystring: filterable(FeedQuery),
      response: { 200: FeedPage, ...errors(400, 429), 410: GoneBody },
    },
    handler: async (request, reply) => {
      const { after, limit, wait, ...conditions } = request.query;
      const filter = parseEventFilter(conditions as Record<string, string>);
      const start = await startPosition(log, after);
      const reader = new FeedReader({ reader: log, feed }, filter, start, (_missed, oldest) => {
        throw gone(oldest);
      });
      const rows = await reader.read(limit);
      if (rows.length > 0 || wait === 0 || !reader.isAtEnd || request.method === 'HEAD')
        return sendPage(reply, rows, reader);
      const leave = await waitingLimit.enter(request);
      try {
        const signal = waits.begin(reply, wait * SECOND);
        const later = await laterRows(reader, limit, signal);
        return reply.raw.destroyed ? reply.hijack() : sendPage(reply, later, reader);
      } finally {
        leave();
      }
    },
  });
}
