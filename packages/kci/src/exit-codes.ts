import { ApiError, ConnectionError, NotAnApiError } from '@kernelci/client';
import { KciError, UsageError } from './errors.ts';
import { explainApiError } from './explain/api-error.ts';
import { explainConnection } from './explain/connection.ts';
import type { Explanation } from './explain/explanation.ts';
import type { Factory } from './factory.ts';
import { streams } from './io/streams.ts';

const USAGE = 2;

/**
 * The only place where errors become exit codes; says on standard error what went wrong and what to do.
 * @param factory undefined when the command line did not lead to a command
 */
export async function exitCodeOf(
  error: unknown,
  argv: readonly string[],
  factory: Factory | undefined,
): Promise<number> {
  if (error instanceof UsageError) {
    if (error.message === '') return USAGE;
    streams.note(`Error: ${error.message}`);
    streams.note(`Try '${error.command ?? ['kci', ...(factory?.command ?? [])].join(' ')} --help' for help.`);
    return USAGE;
  }
  const { message, hint } = await explain(error, argv, factory);
  streams.note(`Error: ${message}`);
  if (hint !== undefined) streams.note(`Hint: ${hint}`);
  return factory?.failureCode ?? 1;
}

async function explain(
  error: unknown,
  argv: readonly string[],
  factory: Factory | undefined,
): Promise<Explanation> {
  if (error instanceof KciError) return error;
  if (error instanceof ApiError) return explainApiError(error, argv, factory);
  if (error instanceof ConnectionError || error instanceof NotAnApiError) {
    return explainConnection(error, factory?.lastAccess?.api);
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    message: `kci is at fault: ${stack}`,
    hint: 'please report this, with the command that led to it',
  };
}
