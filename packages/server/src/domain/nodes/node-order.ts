import { DomainError } from '../../errors.ts';
import { SORTABLE } from '../../store/node-query/columns.ts';
import type { NodeOrder } from '../../store/node-query/filter.ts';

/** The order that `sort=` asks for: a field that has an index, from the end when a minus stands before it. */
export function parseOrder(text: string | undefined): NodeOrder {
  if (text === undefined) return { field: null, descending: false };
  const descending = text.startsWith('-');
  const field = descending ? text.slice(1) : text;
  if (SORTABLE.includes(field)) return { field, descending };
  const shown = text.slice(0, 100);
  throw new DomainError(
    'bad_value',
    `sort: nodes cannot be sorted by "${shown}", only by ${SORTABLE.join(', ')}`,
  );
}
