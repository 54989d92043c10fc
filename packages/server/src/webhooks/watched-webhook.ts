import { type EventFilter, matchesEvent } from '../domain/events/event-filter.ts';
import type { EventRow } from '../store/event-row.ts';
import type { ActiveWebhook } from '../store/webhook-work.ts';

/** The data of events, each parsed once for all who look at it. */
export function dataReader(): (event: EventRow) => unknown {
  const parsed = new Map<EventRow, unknown>();
  return (event) => {
    if (!parsed.has(event)) parsed.set(event, JSON.parse(event.data));
    return parsed.get(event);
  };
}

/** What this process knows of a webhook, in one state of its owner's wishes. */
export class WatchedWebhook {
  readonly id: string;
  readonly userId: string;
  readonly revision: number;
  readonly filter: EventFilter;
  /** All entries up to here are delivered or none of its own. */
  seen: number;
  /** What the database says of that. */
  stored: number;
  /** Nothing may be tried before: epoch milliseconds. */
  notBefore = 0;
  /** Whether all that the feed has told is looked at, and nothing of it left. */
  isIdle = false;
  /** Until it has shown to be quick, and when it has failed. */
  isSlow = true;

  constructor(row: ActiveWebhook, filter: EventFilter) {
    this.id = row.id;
    this.userId = row.user_id;
    this.revision = row.revision;
    this.filter = filter;
    this.seen = row.position;
    this.stored = row.position;
  }

  /** What the database says now. What others deliver they do alone. */
  learn(row: ActiveWebhook, holder: string): void {
    this.stored = Math.max(this.stored, row.position);
    this.seen = Math.max(this.seen, row.position);
    const lease = row.lease_holder === holder ? 0 : row.lease_until;
    this.notBefore = Math.max(row.next_attempt ?? 0, lease);
  }

  matches(event: EventRow, dataOf: (event: EventRow) => unknown): boolean {
    const { selection, test } = this.filter;
    if (!matchesEvent({ selection, test: null }, event)) return false;
    return test === null || test(dataOf(event));
  }

  /** Looks at new entries. Answers whether there is one to deliver among them. */
  look(entries: readonly EventRow[], dataOf: (event: EventRow) => unknown): boolean {
    for (const event of entries) {
      if (event.seq <= this.seen) continue;
      if (this.matches(event, dataOf)) return true;
      this.seen = event.seq;
    }
    return false;
  }
}
