import { ReferenceViolation, StoreUnavailable, UniqueViolation } from '../../errors.ts';

const BUSY = 5;
const FULL = 13;
const CONSTRAINT = 19;

// The extended result code keeps the primary one in its low byte.
const primaryCode = (error: Error): number | undefined =>
  'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;

/** One of `store/errors.ts` when the driver's error means that; the error itself otherwise. */
export function translateError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = primaryCode(error);
  if (code === BUSY || code === FULL) return new StoreUnavailable(error.message, { cause: error });
  if (code !== CONSTRAINT) return error;
  const unique = /^UNIQUE constraint failed: ([\w.]+)/.exec(error.message);
  if (unique?.[1]) return new UniqueViolation(unique[1], { cause: error });
  if (error.message.startsWith('FOREIGN KEY')) return new ReferenceViolation(error.message, { cause: error });
  return error;
}
