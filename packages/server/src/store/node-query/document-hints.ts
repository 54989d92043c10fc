import { sql } from 'kysely';
import type { Dialect } from '../dialect/dialect.ts';
import type { Sql } from './columns.ts';
import type { FieldTest, Operand, Test } from './filter.ts';

const PLACE_IN_LIST = /^\d+$/;
/** A text that stands for itself in a regular expression. */
const LITERAL = /^[\w \-/:;,"'<>=!@#%&~`]*$/;

const quoted = (text: string): string => JSON.stringify(text);
const unquoted = (text: string): string => quoted(text).slice(1, -1);

/** Whether a value that passes the test must be text. */
const isAboutText = (test: Test): boolean =>
  test.kind === 'matches' || (test.kind === 'compare' && test.operand.number === undefined);

/** Whether a field that is not there could pass the test. */
const takesNothing = (test: Test): boolean =>
  test.kind === 'in' && (test.negated || test.operands.some(({ nothing }) => nothing));

/** What a value equal to the operand looks like in JSON, in all its forms. */
function spellings({ text, number, boolean }: Operand): string[] {
  const forms = [
    number === undefined ? [] : [JSON.stringify(number)],
    boolean === undefined ? [] : [String(boolean)],
  ];
  return [...(text === undefined ? [] : [quoted(text)]), ...forms.flat()];
}

/**
 * Conditions on a document's text that hold wherever the test does, to leave out most others without parsing them:
 * documents are written by `JSON.stringify`, so a key or value that is in one is in its text in one spelling.
 */
export function documentHints(dialect: Dialect, { path, test }: FieldTest): Sql[] {
  if (takesNothing(test)) return [];
  const contains = (part: string) => dialect.contains(sql.ref('doc'), part);
  const hints: Sql[] = [];
  const key = path.at(-1) ?? '';
  if (!PLACE_IN_LIST.test(key)) {
    const starts = isAboutText(test) ? ['"', '['] : [''];
    hints.push(
      sql`(${sql.join(
        starts.map((start) => contains(`${quoted(key)}:${start}`)),
        sql` or `,
      )})`,
    );
  }
  if (test.kind === 'matches' && test.pattern !== '' && LITERAL.test(test.pattern)) {
    hints.push(contains(unquoted(test.pattern)));
  }
  if (test.kind === 'in') {
    const parts = test.operands.flatMap(spellings);
    hints.push(sql`(${sql.join(parts.map(contains), sql` or `)})`);
  }
  return hints;
}
