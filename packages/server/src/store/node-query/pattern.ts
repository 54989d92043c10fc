import { RE2JS, RE2JSException } from 're2js';

const LENGTH_MAX = 1000;
/** Steps of the compiled expression, each of which every character of a text may meet. */
const SIZE_MAX = 500;

/** What a linear-time engine cannot do: looking around, and referring back to what a group matched. */
const NOT_LINEAR: ReadonlyArray<[form: RegExp, name: string]> = [
  [/\(\?<?[=!]/, 'lookahead and lookbehind are not supported'],
  [/\\[1-9]|\\[kg][{<']|\(\?P=/, 'references to groups are not supported'],
];

/** Tells whether the pattern is found anywhere in the text. */
export type Pattern = (text: string) => boolean;

/**
 * Compiles a regular expression of RE2's syntax, which is PCRE without what needs backtracking: its time grows with
 * the length of the text and no faster, whatever the pattern.
 * @throws Error whose message says what is wrong
 */
export function compilePattern(text: string): Pattern {
  if (text.length > LENGTH_MAX) throw new Error(`longer than ${LENGTH_MAX} characters`);
  const compiled = compile(text);
  if (compiled.programSize() > SIZE_MAX) throw new Error('too large: it repeats or lists too much');
  return (value) => compiled.test(value);
}

function compile(text: string): RE2JS {
  try {
    return RE2JS.compile(text);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const withoutEscapedBackslashes = text.replaceAll('\\\\', '');
    const known = NOT_LINEAR.find(([form]) => form.test(withoutEscapedBackslashes));
    throw new Error(known?.[1] ?? error.message.replace(/^error parsing regexp: /, ''), { cause: error });
  }
}
