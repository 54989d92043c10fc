import { setImmediate as nextTurn } from 'node:timers/promises';
import { isId, MINUTE } from '@kernelci/model';
import { DomainError } from '../../errors.ts';
import type { EventRow } from '../../store/event-row.ts';
import { scanEvents, seqBefore } from '../../store/event-scan.ts';
import { lastSeq } from '../../store/events.ts';
import { documentsOf } from '../../store/nodes.ts';
import { parseTime } from '../query/time.ts';
import type { Uses } from '../services.ts';
import { entryText } from './entry-text.ts';
import { type EventFilter, holdsFor, parseEventFilter } from './event-filter.ts';

export interface EventsRequest {
  /** What the events have to be, as in a query string. */
  conditions: Readonly<Record<string, string>>;
  id?: string | undefined;
  ids?: string | undefined;
  /** Of later moments only. */
  from?: string | undefined;
  limit?: number | undefined;
  /** Whether each event comes with the node that it tells of, as it is now. */
  recursive: boolean;
}

const RECURSIVE_MAX = 1000;
/** Entries looked at between two turns of the loop. */
const SCAN = 5000;
const ROWS = 500;
/** Entries may stand so much later in the log than others of a later moment. */
const LATE = MINUTE;

function idsOf({ id, ids }: EventsRequest): string[] | undefined {
  if (id !== undefined && ids !== undefined)
    throw new DomainError('bad_value', 'Provide either id or ids, not both');
  const wanted = id !== undefined ? [id] : ids?.split(',').map((item) => item.trim());
  if (wanted?.some((item) => !isId(item))) throw new DomainError('bad_value', 'Invalid id format');
  return wanted?.map((item) => item.toLowerCase());
}

function laterThan(from: string | undefined): number | undefined {
  if (from === undefined) return undefined;
  try {
    return parseTime('from', from);
  } catch {
    throw new DomainError('bad_value', "Invalid 'from' parameter, must be an ISO 8601 datetime");
  }
}

/** When the first of the ids was made: they begin with the seconds of that. */
const madeAt = (ids: readonly string[]): number =>
  Math.min(...ids.map((id) => Number.parseInt(id.slice(0, 8), 16) * 1000));

function filterOf(request: EventsRequest): EventFilter {
  const { 'data.id': dataId, ...conditions } = request.conditions;
  if (dataId !== undefined && conditions.node_id !== undefined)
    throw new DomainError('bad_value', 'Provide either node_id or data.id, not both');
  const filter = parseEventFilter(dataId === undefined ? conditions : { ...conditions, node_id: dataId });
  const [ids, later] = [idsOf(request), laterThan(request.from)];
  Object.assign(filter.selection, {
    listed: true,
    ...(ids && { ids }),
    ...(later !== undefined && { later }),
  });
  return filter;
}

const withNode = (event: EventRow, node: string | undefined): string =>
  entryText(event, node === undefined ? '' : `,"node":${node}`);

/**
 * The events that match, oldest first, as the inside of a JSON list, a piece at a time. Throws `bad_value`.
 */
export function listEvents(
  s: Uses<'db'>,
  request: EventsRequest,
  signal: AbortSignal,
): AsyncIterable<string> {
  const { limit, recursive } = request;
  if (recursive && !(limit !== undefined && limit >= 1 && limit <= RECURSIVE_MAX))
    throw new DomainError('bad_value', `Recursive limit is too large, max is ${RECURSIVE_MAX}`);
  return pieces(s, filterOf(request), { limit: limit === 0 ? undefined : limit, recursive, signal });
}

async function* pieces(
  { db }: Uses<'db'>,
  filter: EventFilter,
  options: { limit: number | undefined; recursive: boolean; signal: AbortSignal },
): AsyncGenerator<string> {
  const { reader } = db;
  const { ids, later } = filter.selection;
  const through = await lastSeq(reader);
  const moment = ids === undefined ? later : madeAt(ids);
  let after = moment === undefined ? 0 : ((await seqBefore(reader, moment - LATE)) ?? through);
  let left = options.limit ?? Number.POSITIVE_INFINITY;
  let separator = '';
  while (after < through && left > 0 && !options.signal.aborted) {
    const rows = filter.test === null ? Math.min(ROWS, left) : ROWS;
    const scanned = await scanEvents(reader, filter.selection, {
      after,
      through,
      entries: SCAN,
      limit: rows,
    });
    after = scanned.through;
    const found = scanned.rows.filter((event) => holdsFor(filter, event)).slice(0, left);
    left -= found.length;
    if (found.length > 0) {
      const nodes = options.recursive
        ? await documentsOf(
            reader,
            found.flatMap(({ node_id }) => node_id ?? []),
          )
        : undefined;
      yield separator + found.map((event) => withNode(event, nodes?.get(event.node_id ?? ''))).join(',');
      separator = ',';
    }
    await nextTurn();
  }
}
