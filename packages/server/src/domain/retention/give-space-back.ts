import type { Database } from '../../store/database.ts';
import { inBatches, type Pace } from './pace.ts';

/** Gives the space of what was removed back to the disk, in small steps, where the engine can. */
export async function giveSpaceBack(db: Database, pace: Pace): Promise<void> {
  await inBatches(async () => {
    const more = await db.write((tx) => tx.dialect.giveSpaceBack(tx));
    return { removed: 0, more };
  }, pace);
}
