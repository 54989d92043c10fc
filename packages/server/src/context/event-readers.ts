import { SECOND } from '@kernelci/model';
import type { GroupGap } from '../events/claim-once.ts';
import { EventFeed } from '../events/feed.ts';
import { GroupClaims } from '../events/group-claims.ts';
import { ListPoppers } from '../events/list-poppers.ts';
import { type Gap, Listeners } from '../events/listeners.ts';
import { ProgressRecorder } from '../events/progress-recorder.ts';
import { WaitingLimit } from '../http/waiting-limit.ts';
import type { Part, Tools } from './tools.ts';

/** How long news may take when nothing hints at them. */
const FEED_POLL_MS = SECOND / 2;
const GAP = 'events were removed before they were fetched';

/** Counts and logs what readers have missed. */
function gapTeller({ metrics, log }: Tools) {
  return {
    ofListener: ({ id, channel, username, missed }: Gap) => {
      metrics.eventsLost.inc({ reader: 'listen' }, missed);
      log.warn({ subscription: id, channel, user: username, missed }, GAP);
    },
    ofGroup: ({ group, username, missed }: GroupGap) => {
      metrics.eventsLost.inc({ reader: 'group' }, missed);
      log.warn({ group, user: username, missed }, GAP);
    },
  };
}

/** The one reader of the log, and all who wait for it over HTTP. */
export function buildEventReaders(tools: Tools) {
  const { config, services, authenticator, metrics, onError } = tools;
  const { db, clock } = services;
  const gaps = gapTeller(tools);
  const self = crypto.randomUUID();
  const feed = new EventFeed({ db, pollMs: FEED_POLL_MS, onError });
  const recorder = new ProgressRecorder({ db, onError });
  const poppers = new ListPoppers({ db, clock, onError });
  const listeners = new Listeners({
    ...{ reader: db.reader, feed, recorder, clock, self, onGap: gaps.ofListener },
    isShared: config.database.engine === 'postgres',
    keepAliveMs: config.events.keepAliveSeconds * SECOND,
  });
  const groupClaims = new GroupClaims({ db, feed, clock, onGap: gaps.ofGroup, onError });
  const { waiting: all, waitingPerAddress: perAddress } = config.events;
  const waitingLimit = new WaitingLimit({ authenticator, all, perAddress });
  metrics.gauge('kci_listeners', 'Subscriptions that somebody listens to', () => listeners.size);
  const waiting = 'Connections without a token that wait for the feed';
  metrics.gauge('kci_feed_waiting', waiting, () => waitingLimit.size);
  const part: Part = {
    start: async () => {
      await feed.start();
      poppers.start();
    },
    stop: async () => {
      await feed.stop();
      await groupClaims.stop();
      await listeners.stop();
      await recorder.stop();
      await poppers.stop();
    },
  };
  return { part, self, feed, listeners, poppers, groupClaims, waitingLimit };
}
