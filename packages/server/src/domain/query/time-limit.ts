import { isNativeError } from 'node:util/types';
import { createContext, Script } from 'node:vm';
import { DomainError } from '../../errors.ts';

/** Far more than honest expressions need for all texts together, and short enough for other requests to wait. */
const LIMIT_MS = 200;

const context = createContext({ act: undefined as unknown });
const script = new Script('act()');

// It is an error of the other context, so no instance of our Error.
const isTimeout = (error: unknown): boolean =>
  isNativeError(error) && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';

/**
 * Runs `act`, which must be synchronous and may match regular expressions that callers wrote: some take for ever.
 * Throws `bad_value` that names the field after a fifth of a second.
 */
export function withTimeLimit<T>(field: string, act: () => T): T {
  context.act = act;
  try {
    return script.runInContext(context, { timeout: LIMIT_MS }) as T;
  } catch (error) {
    if (isTimeout(error))
      throw new DomainError('bad_value', `${field}: the regular expression takes too long`);
    throw error;
  } finally {
    context.act = undefined;
  }
}
