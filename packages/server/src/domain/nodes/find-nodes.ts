import { DomainError } from '../../errors.ts';
import type { TotalKind } from '../../store/node-query/filter.ts';
import type { Uses } from '../services.ts';
import { fromCursor, toCursor } from './cursor.ts';
import { parseFields } from './field-tree.ts';
import { parseNodeFilter } from './node-filter.ts';
import { parseOrder } from './node-order.ts';
import { textWithinLimits, withinLimits } from './read-limits.ts';

export interface FindRequest {
  /** `field__op` and the value, as in a query string. */
  conditions: Readonly<Record<string, string>>;
  /** Null: all that match. */
  limit: number | null;
  offset: number;
  total: TotalKind;
  sort?: string | undefined;
  /** A cursor of an earlier answer. */
  after?: string | undefined;
  fields?: string | undefined;
}

export interface NodeList {
  /** Null when it was not asked for. */
  total: { total: number; kind: 'exact' | 'estimate' } | null;
  /** The cursor behind the last node, when there are more. */
  next: string | null;
  /** The nodes, separated by commas: the inside of a JSON list. Throws as `findNodes` does. */
  text: AsyncIterable<string>;
  unknownFields: string[];
}

/**
 * The nodes that match, in their order. Throws `bad_value` for conditions, orders and cursors that cannot be read and
 * when it takes too long, `invalid` for fields that nodes do not have, `ReadCancelled` when the signal says so.
 */
export async function findNodes(s: Uses<'db'>, request: FindRequest, signal: AbortSignal): Promise<NodeList> {
  const { conditions, limit, offset, total } = request;
  const { filter, unknownFields } = parseNodeFilter(conditions);
  const order = parseOrder(request.sort);
  const cursorQuery = { conditions, order };
  const after = request.after === undefined ? null : fromCursor(cursorQuery, request.after);
  if (after && offset > 0) throw new DomainError('bad_value', 'after: goes with offset=0 only');
  const query = { filter, order, after, offset, limit, total, fields: parseFields(request.fields) };
  const found = await withinLimits(s.db.nodeReads.find(query, signal));
  return {
    total: found.total,
    next: found.next && toCursor(cursorQuery, found.next),
    text: textWithinLimits(found.text),
    unknownFields,
  };
}
