import type { NodesetBody } from '@kernelci/model';
import { DomainError } from '../../errors.ts';
import { appendEvents, type NewEvent } from '../../store/events.ts';
import { lockNodes, type NodeUpdate, updateNodes } from '../../store/nodes.ts';
import type { Principal } from '../access/principal.ts';
import type { Uses } from '../services.ts';
import { nodeUpdate, recordOf, toStore } from './document.ts';
import { mayEdit } from './edit-rights.ts';
import { nodeEvent } from './events.ts';
import { nodeId, nodeNotFound } from './node-errors.ts';

const FIELD = 'processed_by_kcidb_bridge';
const VALUES: Record<string, boolean> = { true: true, True: true, false: false, False: false };

function flagOf(body: NodesetBody): boolean {
  if (body.field !== FIELD) throw new DomainError('bad_value', 'Field not supported');
  const value = Object.hasOwn(VALUES, body.value) ? VALUES[body.value] : undefined;
  if (value === undefined) throw new DomainError('bad_value', `value: must be true or false, for ${FIELD}`);
  return value;
}

/**
 * Sets the flag on all nodes that the caller may edit, or on none when one is unknown. The log notes it, the channel
 * does not tell of it. Answers how many nodes it was set on.
 */
export async function flagNodes(
  s: Uses<'db' | 'clock'>,
  principal: Principal,
  body: NodesetBody,
): Promise<number> {
  const flag = flagOf(body);
  const ids = [...new Set(body.nodes.map(nodeId))];
  return s.db.write(async (tx) => {
    const rows = await lockNodes(tx, ids);
    const found = new Set(rows.map(({ id }) => id));
    const unknown = ids.find((id) => !found.has(id));
    if (unknown !== undefined) throw nodeNotFound(unknown);
    const now = s.clock();
    const events: NewEvent[] = [];
    const updates: NodeUpdate[] = [];
    for (const row of rows) {
      const previous = recordOf(row.doc);
      if (!mayEdit(previous, principal)) continue;
      const node = { ...previous, processed_by_kcidb_bridge: flag, updated: now };
      updates.push(nodeUpdate(row, previous, toStore(node)));
      events.push(nodeEvent('updated', node, { previous, listed: false }));
    }
    await updateNodes(tx, updates);
    await appendEvents(tx, events, now);
    return events.length;
  });
}
