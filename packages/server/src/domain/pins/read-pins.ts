import type { Page, PageQuery, Pin } from '@kernelci/model';
import { existingNodes } from '../../store/nodes.ts';
import { findPin, listPins } from '../../store/pins.ts';
import { nodeId, nodeNotFound } from '../nodes/node-errors.ts';
import type { Uses } from '../services.ts';
import { toPin } from './pin-view.ts';

/** Whether the node itself is pinned. Throws `bad_value`, `not_found`. */
export async function readPin(s: Uses<'db'>, id: string): Promise<Pin> {
  const known = nodeId(id);
  const pin = await findPin(s.db.reader, known);
  if (pin === undefined && !(await existingNodes(s.db.reader, [known])).has(known)) throw nodeNotFound(id);
  return toPin(known, pin);
}

/** All pins, oldest first. */
export async function readPins(s: Uses<'db'>, { limit, offset }: PageQuery): Promise<Page<Pin>> {
  const { rows, total } = await listPins(s.db.reader, { limit, offset });
  return { items: rows.map((row) => toPin(row.node_id, row)), total, limit, offset };
}
