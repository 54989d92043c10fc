import type { WebhookBody } from '@kernelci/model';
import { DomainError, invalid } from '../../errors.ts';
import type { WebhookRow } from '../../store/webhooks.ts';
import { type EventFilter, parseEventFilter } from '../events/event-filter.ts';

/** Conditions as they are stored and answered: all of them text, as in a query string. */
export type Conditions = Record<string, string>;

/** The conditions of a stored webhook. */
export const conditionsOf = ({ filter }: Pick<WebhookRow, 'filter'>): Conditions =>
  JSON.parse(filter) as Conditions;

/** Which events a webhook is for. */
export function webhookFilter(row: Pick<WebhookRow, 'channel' | 'filter'>): EventFilter {
  return parseEventFilter({ ...conditionsOf(row), ...(row.channel !== null && { channel: row.channel }) });
}

const wrong = (key: string, msg: string, input: unknown) =>
  invalid({ type: 'value_error', loc: ['body', 'filter', key], msg, input });

/** The conditions as they are stored. Throws `invalid`, naming the one that cannot be read. */
export function storedConditions(filter: NonNullable<WebhookBody['filter']>): string {
  const conditions = Object.entries(filter).map(([key, value]) => [key, String(value)] as const);
  for (const [key, value] of conditions) {
    if (key === 'channel') throw wrong(key, 'Must stand beside the filter, not in it', value);
    try {
      parseEventFilter({ [key]: value });
    } catch (error) {
      throw error instanceof DomainError ? wrong(key, error.message, value) : error;
    }
  }
  return JSON.stringify(Object.fromEntries(conditions));
}
