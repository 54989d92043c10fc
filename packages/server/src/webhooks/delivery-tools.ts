import type { Logger } from 'pino';
import type { EventFeed } from '../events/feed.ts';
import type { MailTemplates } from '../mail/templates.ts';
import type { Metrics } from '../metrics.ts';
import type { Database } from '../store/database.ts';
import type { RetryTiming } from './backoff.ts';
import type { WebhookSender } from './sender.ts';

/** What delivering works with. */
export interface DeliveryTools {
  db: Database;
  feed: EventFeed;
  sender: WebhookSender;
  mails: MailTemplates;
  metrics: Metrics;
  clock: () => number;
  timing: RetryTiming;
  log: Pick<Logger, 'info' | 'warn'>;
  /** Where people reach the API. */
  apiUrl: () => string;
}
