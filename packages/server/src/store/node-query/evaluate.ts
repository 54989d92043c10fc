import type { Comparison, FieldTest, NodeFilter, Operand, Test } from './filter.ts';
import { MISSING, someAt } from './paths.ts';
import { compilePattern } from './pattern.ts';

type Holds = (value: unknown) => boolean;

const API_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?$/;

/** The moment of a time as documents have it; NaN for anything else. */
const timeOf = (value: unknown): number =>
  typeof value === 'string' && API_TIME.test(value) ? Date.parse(`${value}Z`) : Number.NaN;

/** The order of the texts' UTF-8 bytes, which is that of their code points. */
export const compareBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const IS: Record<Comparison, (order: number) => boolean> = {
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
};

function equals(operand: Operand): Holds {
  const { text, number, boolean, time, nothing } = operand;
  return (value) => {
    if (value === null || value === MISSING) return nothing === true;
    if (time !== undefined) return timeOf(value) === time;
    if (typeof value === 'string') return value === text;
    if (typeof value === 'number') return value === number;
    return typeof value === 'boolean' && value === boolean;
  };
}

/** Numbers are compared with numbers, times with times, text with text; nothing else has an order. */
function compares(comparison: Comparison, { text, number, time }: Operand): Holds {
  const is = IS[comparison];
  if (time !== undefined) return (value) => is(timeOf(value) - time);
  if (number !== undefined) return (value) => typeof value === 'number' && is(value - number);
  return (value) => typeof value === 'string' && text !== undefined && is(compareBytes(value, text));
}

function holds(test: Test): Holds {
  if (test.kind === 'compare') return compares(test.comparison, test.operand);
  if (test.kind === 'in') {
    const alternatives = test.operands.map(equals);
    return (value) => alternatives.some((matches) => matches(value));
  }
  const pattern = compilePattern(test.pattern);
  return (value) => typeof value === 'string' && pattern(value);
}

/** Whether the test holds for the document: negations hold when nothing that the path leads to is listed. */
function fieldMatcher({ path, test }: FieldTest): (document: unknown) => boolean {
  const holdsFor = holds(test);
  const negated = test.kind === 'in' && test.negated;
  return (document) => someAt(document, path, holdsFor) !== negated;
}

/**
 * What a filter means: whether it matches the parsed document. Whatever is answered from columns and indexes must
 * answer as this does.
 */
export function matcher(filter: NodeFilter): (document: unknown) => boolean {
  if (filter === null) return () => false;
  const tests = filter.map(fieldMatcher);
  return (document) => tests.every((matches) => matches(document));
}

/** The same for one value that stands alone, as in a column. */
export function valueMatcher(test: Test): (value: unknown) => boolean {
  return fieldMatcher({ path: [], test });
}
