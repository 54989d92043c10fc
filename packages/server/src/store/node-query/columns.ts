import type { NodeTable } from '../schema.ts';
import { join, name, type Sql, sql } from './sql.ts';

export type ColumnName = Exclude<keyof NodeTable, 'seq'>;

/**
 * What a column holds instead of a value that is no text, or too long for an index: what such a row means is told by
 * its document.
 */
export const ODD_VALUE = '\u0001odd';

export interface Column {
  name: ColumnName;
  type: 'text' | 'time' | 'flag' | 'number';
  /** The index that begins with the column. */
  index?: string;
  /** Whether it may hold `ODD_VALUE`. */
  odd: boolean;
}

const indexed = (column: ColumnName): Column => ({
  name: column,
  type: 'text',
  index: `nodes_by_${column}`,
  odd: true,
});
const plain = (column: Column): Column => ({ ...column, odd: false });
const time = (column: ColumnName): Column => ({ name: column, type: 'time', odd: false });

export const KIND: Column = plain(indexed('kind'));
export const CREATED: Column = { ...time('created'), index: 'nodes_by_created' };

/** The columns, by the dotted path in documents of which they are copies. */
const COLUMNS: Record<string, Column> = {
  id: { name: 'id', type: 'text', index: 'uq__nodes__id', odd: false },
  kind: KIND,
  state: plain(indexed('state')),
  result: plain(indexed('result')),
  name: indexed('name'),
  group: indexed('group_name'),
  owner: indexed('owner'),
  parent: plain(indexed('parent')),
  treeid: indexed('treeid'),
  'data.kernel_revision.tree': indexed('tree'),
  'data.kernel_revision.branch': indexed('branch'),
  'data.kernel_revision.commit': indexed('commit_hash'),
  'data.platform': indexed('platform'),
  'data.runtime': indexed('runtime'),
  'data.arch': indexed('arch'),
  submitter: { name: 'submitter', type: 'text', odd: true },
  created: CREATED,
  updated: time('updated'),
  timeout: time('timeout'),
  holdoff: time('holdoff'),
  processed_by_kcidb_bridge: { name: 'processed', type: 'flag', odd: false },
  retry_counter: { name: 'retry_counter', type: 'number', odd: false },
};

export const columnAt = (path: readonly string[]): Column | undefined => {
  const key = path.join('.');
  return Object.hasOwn(COLUMNS, key) ? COLUMNS[key] : undefined;
};

/** Fields that a list can be sorted by. */
export const SORTABLE: readonly string[] = Object.keys(COLUMNS).filter((field) => COLUMNS[field]?.index);

export const ref = (column: ColumnName | 'seq'): Sql => name(column);

/** The conjunction; true when there is nothing to be met. */
export const all = (conditions: readonly Sql[]): Sql =>
  conditions.length === 0 ? sql`1 = 1` : join(conditions, ' and ');
