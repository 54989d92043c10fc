import type { Problem } from '@kernelci/model';

/** The closed list of what can go wrong for a caller. Only the HTTP layer knows their status codes. */
export type ErrorCode =
  | 'bad_value'
  | 'bad_credentials'
  | 'not_verified'
  | 'bad_token'
  | 'taken'
  | 'unknown_group'
  | 'unauthorized'
  | 'forbidden'
  | 'disabled'
  | 'not_found'
  | 'in_use'
  | 'gone'
  | 'stale'
  | 'invalid'
  | 'throttled'
  | 'unavailable';

export interface ErrorExtras {
  /** With `invalid`: what is wrong where. */
  problems?: readonly Problem[];
  /** With `throttled`: seconds after which another attempt is worth while. */
  retryAfter?: number;
  /** With `gone`: the lowest position of the log that can still be asked for. */
  oldest?: number;
}

/** A refusal: its message is written for the caller and tells nothing that they may not know. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: ErrorCode;
  readonly extras: ErrorExtras;

  constructor(code: ErrorCode, message: string, extras: ErrorExtras = {}) {
    super(message);
    this.code = code;
    this.extras = extras;
  }
}

export const notFound = (message = 'Not Found'): DomainError => new DomainError('not_found', message);
export const unauthorized = (): DomainError => new DomainError('unauthorized', 'Unauthorized');
export const forbidden = (message = 'Forbidden'): DomainError => new DomainError('forbidden', message);

/** What stands behind the position has been removed from the log, up to `oldest`. */
export const gone = (oldest: number): DomainError =>
  new DomainError('gone', `The log begins behind ${oldest}: what was before has been removed`, { oldest });

/** One field is wrong: `loc` names it as validation does, `['body', 'password']`. */
export const invalid = (problem: Problem): DomainError =>
  new DomainError('invalid', `${problem.loc.join('.')}: ${problem.msg}`, { problems: [problem] });
