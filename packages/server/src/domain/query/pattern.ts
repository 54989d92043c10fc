import { DomainError } from '../../errors.ts';
import { compilePattern as compile, type Pattern } from '../../store/node-query/pattern.ts';

/**
 * The regular expression that the text means: case-sensitive, matching anywhere.
 * Throws `bad_value` that names the field and says what is wrong with it.
 */
export function compilePattern(field: string, text: string): Pattern {
  try {
    return compile(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DomainError('bad_value', `${field}: invalid regular expression: ${reason}`);
  }
}
