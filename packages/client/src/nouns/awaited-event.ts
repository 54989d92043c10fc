import { ApiError, ConnectionError } from '../errors.ts';
import { type Persistence, Reconnection } from '../http/reconnection.ts';

const GATEWAY_TIMEOUT = 504;
const BUSY = new Set([502, 503, GATEWAY_TIMEOUT]);

/**
 * Repeats a long poll until it brings something.
 * @throws the reason of `signal` when that ends it
 */
export async function untilSomethingComes<T>(
  poll: (signal: AbortSignal | undefined) => Promise<T | undefined>,
  options: Persistence,
): Promise<T> {
  const reconnection = new Reconnection(options);
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      const found = await poll(options.signal);
      reconnection.works();
      if (found !== undefined) return found;
    } catch (error) {
      if (wasWaiting(error)) reconnection.wasThere();
      if (!isTimeUp(error)) await reconnection.failed(error);
    }
  }
}

/** Somebody in between, or this side, would not wait any longer: nothing has happened yet. */
function isTimeUp(error: unknown): boolean {
  if (error instanceof ApiError) return error.status === GATEWAY_TIMEOUT;
  return error instanceof ConnectionError && error.kind === 'timeout' && error.code === undefined;
}

/** The API was there, and the request reached it. */
function wasWaiting(error: unknown): boolean {
  if (error instanceof ApiError) return BUSY.has(error.status);
  return isTimeUp(error) || (error instanceof ConnectionError && error.kind === 'reset');
}
