import { DomainError, invalid } from '../../errors.ts';
import { type EventFilter, parseEventFilter } from './event-filter.ts';

/** Which events a consumer group or a webhook is for, as it is stored: conditions as JSON, all of them text. */
export interface StoredFilter {
  channel: string | null;
  filter: string;
}

/** The conditions, as in a query string. */
export const conditionsOf = ({ filter }: Pick<StoredFilter, 'filter'>): Record<string, string> =>
  JSON.parse(filter) as Record<string, string>;

export function eventFilterOf(stored: StoredFilter): EventFilter {
  const channel = stored.channel === null ? {} : { channel: stored.channel };
  return parseEventFilter({ ...conditionsOf(stored), ...channel });
}

const wrong = (key: string, msg: string, input: unknown) =>
  invalid({ type: 'value_error', loc: ['body', 'filter', key], msg, input });

/** The conditions as they are stored. Throws `invalid`, naming the one that cannot be read. */
export function storedConditions(filter: Readonly<Record<string, string | number | boolean | null>>): string {
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
