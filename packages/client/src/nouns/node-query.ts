import type { NodePage as ApiPage, Node, TotalKind } from '@kernelci/model';
import type { PageOptions, Query } from '../paging.ts';

interface Parts {
  /** A field, with `-` before it for the reverse; default: in the order of insertion. */
  sort?: string | undefined;
  /** Dotted names of what to return of each node; default: all. */
  fields?: readonly string[] | undefined;
}

export interface FastOptions extends PageOptions, Parts {}

export interface PageQuestion extends PageOptions, Parts {
  /** Goes on behind the page that answered this as `next`; without `offset`. */
  after?: string | undefined;
  /** How exactly to count all that fit; default: exactly. */
  total?: TotalKind | undefined;
}

/** `total` is null when it was not asked for. */
export interface NodePage<T extends Partial<Node> = Node> extends Omit<ApiPage, 'items'> {
  items: T[];
  /** For `after`; undefined on the last page. */
  next: string | undefined;
}

export function pageQuestion(question: PageQuestion): Query {
  const { limit, offset, sort, fields, after, total } = question;
  // An offset of zero is left out, as the API's other clients do.
  return { limit, offset: offset === 0 ? undefined : offset, sort, fields: fields?.join(','), after, total };
}

export function fastQuery(options: FastOptions): Query {
  const { limit, offset, sort, fields } = options;
  return { limit, offset, sort, fields: fields?.join(',') };
}
