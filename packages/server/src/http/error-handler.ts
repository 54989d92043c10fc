import type { Problem } from '@kernelci/model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, type ErrorCode } from '../errors.ts';
import { ReferenceViolation, StoreUnavailable, UniqueViolation } from '../store/errors.ts';

const STATUS: Record<ErrorCode, number> = {
  bad_value: 400,
  bad_credentials: 400,
  not_verified: 400,
  bad_token: 400,
  taken: 400,
  unknown_group: 400,
  unauthorized: 401,
  forbidden: 403,
  disabled: 403,
  not_found: 404,
  in_use: 409,
  gone: 410,
  stale: 412,
  invalid: 422,
  throttled: 429,
  unavailable: 503,
};

const UNAVAILABLE = 'The database does not answer at the moment, try again shortly';
const RETRY_SECONDS = 2;

/** Validation failed in the HTTP layer; carries what is wrong where. */
export class ValidationFailure extends Error {
  override readonly name = 'ValidationFailure';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super('the request is not valid');
    this.problems = problems;
  }
}

interface Answer {
  status: number;
  body: { detail: unknown; oldest?: number } | { message: string };
  retryAfter?: number | undefined;
}

const hasStatus = (error: unknown): error is Error & { statusCode: number } =>
  error instanceof Error && 'statusCode' in error && Number(error.statusCode) >= 400;

function answerOf(error: unknown): Answer {
  if (error instanceof DomainError) {
    const { problems, oldest, retryAfter } = error.extras;
    const detail = problems ?? error.message;
    const body = oldest === undefined ? { detail } : { detail, oldest };
    return { status: STATUS[error.code], body, retryAfter };
  }
  if (error instanceof ValidationFailure) return { status: 422, body: { detail: error.problems } };
  if (error instanceof StoreUnavailable) {
    return { status: 503, body: { detail: UNAVAILABLE }, retryAfter: RETRY_SECONDS };
  }
  if (error instanceof UniqueViolation || error instanceof ReferenceViolation) {
    return { status: 409, body: { detail: 'Another request changed the same thing meanwhile' } };
  }
  if (hasStatus(error) && error.statusCode < 500) {
    return { status: error.statusCode, body: { detail: error.message } };
  }
  return { status: 500, body: { message: 'Internal server error, check container logs' } };
}

/** Answers a failed request. `translate` tells what an error of the database driver means. */
export function errorHandler(translate: (error: unknown) => unknown) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    // What failed while the request was read is its own fault, even when it looks like a broken connection.
    const error = hasStatus(thrown) ? thrown : translate(thrown);
    const { status, body, retryAfter } = answerOf(error);
    if (status >= 500) request.log.error({ request_id: request.id, err: error }, 'request failed');
    if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
    reply.code(status).type('application/json').send(body);
  };
}
