/**
 * What a condition compares with, in every form in which it may stand in a document: `6` is a number and a text,
 * `true` a boolean and a text. A form that is absent matches nothing.
 */
export interface Operand {
  text?: string;
  number?: number;
  boolean?: boolean;
  /** Epoch milliseconds, for fields that are times. */
  time?: number;
  /** Matches null, and fields that are not there. */
  nothing?: true;
}

export type Comparison = 'lt' | 'lte' | 'gt' | 'gte';

/** Equal to one of the operands, or to none of them. */
export interface ListingTest {
  kind: 'in';
  operands: readonly Operand[];
  negated: boolean;
}

export interface ComparingTest {
  kind: 'compare';
  comparison: Comparison;
  operand: Operand;
}

/** A regular expression is found in the text; upper and lower case are told apart. */
export interface PatternTest {
  kind: 'matches';
  pattern: string;
}

export type Test = ListingTest | ComparingTest | PatternTest;

/** A test of what a dotted path leads to, `['data', 'kernel_revision', 'tree']`. */
export interface FieldTest {
  path: readonly string[];
  test: Test;
}

/** All tests must hold. Null: nothing matches. */
export type NodeFilter = readonly FieldTest[] | null;

/** By insertion, or by a field that has an index and then by insertion; both turned around when descending. */
export interface NodeOrder {
  field: string | null;
  descending: boolean;
}

/** Where a page ended: the last node's number and, in the order of a field, that field's value. */
export interface Position {
  seq: number;
  key: string | number | null;
}

/** The parts of documents to answer; null under a key means all of what is there. */
export interface FieldTree {
  [key: string]: FieldTree | null;
}

export type TotalKind = 'exact' | 'estimate' | 'none';

export interface NodeQuery {
  filter: NodeFilter;
  order: NodeOrder;
  after: Position | null;
  offset: number;
  /** Null: all that match. */
  limit: number | null;
  total: TotalKind;
  fields: FieldTree | null;
}
