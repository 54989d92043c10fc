import type { Selectable } from 'kysely';
import type { EventTable } from './schema.ts';

/** An entry of the log. Those of one log have no two with the same number, and their order is that of the commits. */
export type EventRow = Pick<
  Selectable<EventTable>,
  | ('seq' | 'id' | 'time' | 'channel' | 'owner' | 'node_id' | 'listed' | 'data' | 'attributes')
  | keyof EventCopies
>;

/** What node events are asked for most: copies of what their data says. */
export type EventCopies = Pick<
  Selectable<EventTable>,
  'op' | 'kind' | 'state' | 'result' | 'name' | 'group_name'
>;
