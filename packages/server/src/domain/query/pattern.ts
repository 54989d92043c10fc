import { setFlagsFromString } from 'node:v8';
import { DomainError } from '../../errors.ts';

const PATTERN_MAX_LENGTH = 1000;

// An expression that backtracks without end goes on in V8's linear-time engine. That one cannot count above 16
// (`a{1,30}`), so whoever matches a caller's expression also needs a limit of time.
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');

/** What a linear-time engine cannot do: looking around, and referring back to what a group matched. */
const REFUSED: ReadonlyArray<[RegExp, string]> = [
  [/\(\?<?[=!]/, 'lookahead and lookbehind'],
  [/\\[1-9]|\\k</, 'references to groups'],
];

/**
 * The regular expression that the text means: case-sensitive, matching anywhere.
 * Throws `bad_value` that names the field and says what is wrong with it.
 */
export function compilePattern(field: string, text: string): RegExp {
  const refuse = (reason: string) =>
    new DomainError('bad_value', `${field}: invalid regular expression: ${reason}`);
  if (text.length > PATTERN_MAX_LENGTH) throw refuse(`longer than ${PATTERN_MAX_LENGTH} characters`);
  const withoutEscapedBackslashes = text.replaceAll('\\\\', '');
  for (const [form, name] of REFUSED) {
    if (form.test(withoutEscapedBackslashes)) throw refuse(`${name} are not supported`);
  }
  try {
    return new RegExp(text);
  } catch (error) {
    throw refuse(error instanceof Error ? error.message.replace(/^.*: /, '') : 'it cannot be read');
  }
}
