import type { Pin, PinBody } from '@kernelci/model';
import { lockNode } from '../../store/nodes.ts';
import { deletePin, lockRetention, storePin } from '../../store/pins.ts';
import type { Principal } from '../access/principal.ts';
import { recordOf } from '../nodes/document.ts';
import { mayEdit } from '../nodes/edit-rights.ts';
import { mayNotEdit, nodeId, nodeNotFound } from '../nodes/node-errors.ts';
import type { Uses } from '../services.ts';
import { toPin } from './pin-view.ts';

/**
 * Pins the node, or takes its pin away. Once it answers, no removal of old nodes that ends later takes the node, or
 * what is above and below it. Throws `bad_value`, `not_found`, `unauthorized`.
 */
export async function setPin(
  s: Uses<'db' | 'clock'>,
  principal: Principal,
  id: string,
  body: PinBody,
): Promise<Pin> {
  const known = nodeId(id);
  const { username } = principal.account;
  return s.db.write(async (tx) => {
    await lockRetention(tx);
    const row = await lockNode(tx, known);
    if (row === undefined) throw nodeNotFound(id);
    if (!mayEdit(recordOf(row.doc), principal)) throw mayNotEdit();
    if (!body.pinned) {
      await deletePin(tx, known);
      return toPin(known, undefined);
    }
    const pin = { node_id: known, reason: body.reason ?? null, username, created: s.clock() };
    await storePin(tx, pin);
    return toPin(known, pin);
  });
}
