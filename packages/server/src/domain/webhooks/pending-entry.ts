import type { Executor } from '../../store/database.ts';
import { scanEvents } from '../../store/event-scan.ts';
import { lastSeq } from '../../store/events.ts';
import { type EventFilter, holdsFor } from '../events/event-filter.ts';

const SCAN = 2000;
const ROWS = 200;
const SCANS_MAX = 20;

/**
 * Up to where entries behind the position are none of the filter's: right before the first that is, or the end of the
 * log. A bounded look: where much is behind, it may answer an earlier position.
 */
export async function positionBeforeNext(
  x: Executor,
  filter: EventFilter,
  position: number,
): Promise<number> {
  const through = await lastSeq(x);
  let after = position;
  for (let scans = 0; after < through && scans < SCANS_MAX; scans += 1) {
    const window = { after, through, entries: SCAN, limit: ROWS };
    const scanned = await scanEvents(x, filter.selection, window);
    const found = scanned.rows.find((event) => holdsFor(filter, event));
    if (found !== undefined) return found.seq - 1;
    after = scanned.through;
  }
  return after;
}
