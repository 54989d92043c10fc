import type { Database } from '../../store/database.ts';
import { deleteNodes, keptByPins, lockOldNodes, type OldNode, type OldNodes } from '../../store/old-nodes.ts';
import { tryLockRetention } from '../../store/pins.ts';
import { type Batch, inBatches, type Pace } from './pace.ts';

/** Each has a row in some twenty indexes: a batch must not hold writers up. */
const BATCH = 100;

interface NodeBatch extends Batch {
  last: OldNode | undefined;
}

const NOTHING: NodeBatch = { removed: 0, more: false, last: undefined };

/**
 * Removes the nodes but those that pins keep, without an event. While another process removes nodes it leaves them to
 * that. Answers how many it removed.
 */
export async function removeNodes(db: Database, nodes: OldNodes, pace: Pace): Promise<number> {
  let after: OldNode | undefined;
  return inBatches(async () => {
    const batch = await db.write(async (tx): Promise<NodeBatch> => {
      if (!(await tryLockRetention(tx))) return NOTHING;
      const old = await lockOldNodes(tx, nodes, after, BATCH);
      const kept = await keptByPins(
        tx,
        old.map(({ id }) => id),
      );
      const going = old.filter(({ id }) => !kept.has(id));
      await deleteNodes(tx, going);
      return { removed: going.length, more: old.length === BATCH, last: old.at(-1) };
    });
    after = batch.last;
    return batch;
  }, pace);
}
