import type { ConsumerGroupBody } from '@kernelci/model';
import { DomainError, invalid } from '../../errors.ts';
import type { ConsumerGroupRow } from '../../store/consumer-groups.ts';
import { type EventFilter, parseEventFilter } from '../events/event-filter.ts';

type Stored = Pick<ConsumerGroupRow, 'channel' | 'filter'>;

export const conditionsOf = ({ filter }: Stored): Record<string, string> =>
  JSON.parse(filter) as Record<string, string>;

/** Which entries are for the group. */
export function groupFilter(group: Stored): EventFilter {
  const channel = group.channel === null ? {} : { channel: group.channel };
  return parseEventFilter({ ...conditionsOf(group), ...channel });
}

const wrong = (key: string, msg: string, input: unknown) =>
  invalid({ type: 'value_error', loc: ['body', 'filter', key], msg, input });

/** What a group is to be told of, as it is stored. Throws `invalid`, naming the condition that cannot be read. */
export function storedFilter({ channel, filter }: ConsumerGroupBody): Stored {
  const conditions = Object.entries(filter ?? {}).map(([key, value]) => [key, String(value)] as const);
  for (const [key, value] of conditions) {
    if (key === 'channel') throw wrong(key, 'Must stand beside the filter, not in it', value);
    try {
      parseEventFilter({ [key]: value });
    } catch (error) {
      if (error instanceof DomainError) throw wrong(key, error.message, value);
      throw error;
    }
  }
  return { channel: channel ?? null, filter: JSON.stringify(Object.fromEntries(conditions)) };
}
