import type { NodeChanger } from '../domain/nodes/node-changer.ts';
import type { NodeCreator } from '../domain/nodes/node-creator.ts';
import type { Services } from '../domain/services.ts';
import type { EventFeed } from '../events/feed.ts';
import type { GroupClaims } from '../events/group-claims.ts';
import type { ListPoppers } from '../events/list-poppers.ts';
import type { Listeners } from '../events/listeners.ts';
import type { Metrics } from '../metrics.ts';
import type { WebhookSender } from '../webhooks/sender.ts';
import type { WebhookWorker } from '../webhooks/worker.ts';
import type { MailFile } from './replies.ts';
import type { PublicUrls } from './request-context.ts';
import type { WaitingLimit } from './waiting-limit.ts';

/** What routes work with: the commands' services, and what only answers need. */
export interface RouteDeps {
  services: Services;
  urls: PublicUrls;
  creator: NodeCreator;
  changer: NodeChanger;
  /** This process's name for itself. */
  self: string;
  metrics: Metrics;
  feed: EventFeed;
  listeners: Listeners;
  poppers: ListPoppers;
  groupClaims: GroupClaims;
  waitingLimit: WaitingLimit;
  webhooks: { sender: WebhookSender; worker: WebhookWorker };
  mailFile: MailFile;
  /** Rejects when the database does not answer or its schema is not that of this release. */
  checkReady(): Promise<void>;
}
