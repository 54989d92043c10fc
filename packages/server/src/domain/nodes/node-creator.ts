import type { Uses } from '../services.ts';
import { Gatherer, type Outcome } from './gatherer.ts';
import { type PreparedNode, storeNewNodes } from './store-nodes.ts';

/** Stores new nodes, with their events; many at once together. Refuses as `storeNewNodes` does. */
export type NodeCreator = Gatherer<PreparedNode, void>;

export const nodeCreator = ({ db, clock }: Uses<'db' | 'clock'>): NodeCreator =>
  new Gatherer<PreparedNode, void>({
    db,
    run: async (tx, nodes) => {
      const refusals = await storeNewNodes(tx, nodes, clock());
      return refusals.map((refusal): Outcome<void> => (refusal ? { refusal } : { value: undefined }));
    },
  });
