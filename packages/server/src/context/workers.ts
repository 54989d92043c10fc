import { SECOND } from '@kernelci/model';
import { keptFor } from '../config/kept.ts';
import { TokenUseRecorder } from '../domain/access/token-use.ts';
import { Housekeeping } from '../domain/housekeeping.ts';
import { PartitionMaker } from '../domain/retention/partition-maker.ts';
import type { EventFeed } from '../events/feed.ts';
import { LifecycleWorker } from '../lifecycle/worker.ts';
import { MailWorker } from '../mail/worker.ts';
import { WebhookSender } from '../webhooks/sender.ts';
import { WebhookWorker } from '../webhooks/worker.ts';
import type { Part, Tools } from './tools.ts';

function buildWebhooks(tools: Tools, feed: EventFeed, apiUrl: () => string) {
  const { config, services, metrics, log, version, onError } = tools;
  const { db, clock, mails } = services;
  const { allowPrivate, backoffSeconds, retrySeconds } = config.webhooks;
  const sender = new WebhookSender({ allowPrivate, version, clock });
  const worker = new WebhookWorker({
    ...{ db, feed, sender, mails, metrics, clock, onError, apiUrl },
    timing: { backoffMs: backoffSeconds * SECOND, retryMs: retrySeconds * SECOND },
    log: log.child({ part: 'webhooks' }),
  });
  metrics.gauge('kci_webhooks', 'Webhooks that are delivered to', () => worker.size);
  return { sender, worker };
}

/** What the server does by itself, each in the order in which it has to be stopped. */
export function buildWorkers(tools: Tools, options: { feed: EventFeed; apiUrl: () => string }) {
  const { config, services, authenticator, metrics, log, onError } = tools;
  const { db, clock, limiter } = services;
  const { feed, apiUrl } = options;
  const mail = new MailWorker({ db, config: config.mail, log: log.child({ part: 'mail' }), clock });
  db.onWake('mail', () => mail.wake());
  const webhooks = buildWebhooks(tools, feed, apiUrl);
  const lifecycle = new LifecycleWorker({
    ...{ db, feed, clock, onError },
    onChanged: (rule, count) => metrics.lifecycleChanges.inc({ rule }, count),
  });
  const everyMs = config.housekeepingSeconds * SECOND;
  const kept = keptFor(config);
  const housekeeping = new Housekeeping({ db, limiter, clock, kept, everyMs, onError });
  const partitions = new PartitionMaker({ db, clock, kept, onError });
  const uses = new TokenUseRecorder({ db, authenticator, onError });
  const ofEvents: Part[] = [...(config.lifecycle ? [lifecycle] : []), webhooks.worker];
  const others: Part[] = [housekeeping, partitions, uses, mail];
  return { ofEvents, others, webhooks };
}
