import type { FieldTest, Operand, PatternTest, Test } from './filter.ts';
import type { ReadSource } from './reading.ts';
import { requiredText } from './required-text.ts';
import { join, name, type Sql, sql } from './sql.ts';

const PLACE_IN_LIST = /^\d+$/;

const quoted = (text: string): string => JSON.stringify(text);
const unquoted = (text: string): string => quoted(text).slice(1, -1);

/** Whether a value that passes the test must be text. */
const isAboutText = (test: Test): boolean =>
  test.kind === 'matches' || (test.kind === 'compare' && test.operand.number === undefined);

/** Whether a field that is not there could pass the test. */
const takesNothing = (test: Test): boolean =>
  test.kind === 'in' && (test.negated || test.operands.some(({ nothing }) => nothing));

/** What is in the JSON of a value equal to the operand, in one of these spellings. */
function spellings({ text, number, boolean }: Operand): string[] {
  const other = number === undefined ? [] : [JSON.stringify(number)];
  if (boolean !== undefined) other.push(String(boolean));
  if (text === undefined) return other;
  // The same characters with quotes around them are found without looking for these.
  return other.includes(text) ? other : [...other, quoted(text)];
}

/** What is in the JSON of a value that the expression matches. */
function literal({ pattern }: PatternTest): string[] {
  const text = requiredText(pattern);
  return text === '' ? [] : [unquoted(text)];
}

/**
 * Conditions on a document's text that hold wherever the test does, to leave out most others without parsing them:
 * documents are written by `JSON.stringify`, so a key or value that is in one is in its text in one spelling. Those
 * that leave out most come first: each is a search through all of the text.
 */
export function documentHints(source: ReadSource, { path, test }: FieldTest): Sql[] {
  if (takesNothing(test)) return [];
  const anyOf = (parts: readonly string[]): Sql[] => {
    const conditions = parts.map((part) => source.contains(name('doc'), part));
    return conditions.length === 0 ? [] : [sql`(${join(conditions, ' or ')})`];
  };
  const hints = test.kind === 'in' ? anyOf(test.operands.flatMap(spellings)) : [];
  if (test.kind === 'matches') hints.push(...anyOf(literal(test)));
  const key = path.at(-1) ?? '';
  if (PLACE_IN_LIST.test(key)) return hints;
  hints.push(...anyOf([`${quoted(key)}:`]));
  if (isAboutText(test)) hints.push(...anyOf([`${quoted(key)}:"`, `${quoted(key)}:[`]));
  return hints;
}
