import { DomainError, gone } from '../../errors.ts';
import type { Executor } from '../../store/database.ts';
import { lastSeq, purgedThrough } from '../../store/events.ts';

/** Where somebody begins to read the log. */
export interface Start {
  /** Everything up to here is behind them. */
  position: number;
  /** The lowest position that can be asked for. */
  oldest: number;
  /** The number of the log's last entry. */
  end: number;
}

/**
 * The place in the log that `after` names: a position, `latest` for its end, or nothing for all that is kept.
 * Throws `gone` before what the log still has, and `bad_value` behind its end.
 */
export async function startPosition(x: Executor, after: string | number | undefined): Promise<Start> {
  const end = await lastSeq(x);
  const oldest = await purgedThrough(x);
  if (after === undefined) return { position: oldest, oldest, end };
  if (after === 'latest') return { position: end, oldest, end };
  const position = Number(after);
  if (position < oldest) throw gone(oldest);
  if (position > end)
    throw new DomainError('bad_value', `after: ${after} is behind the end of the log, which is ${end}`);
  return { position, oldest, end };
}
