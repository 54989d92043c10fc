import { type Pin, toApiTime } from '@kernelci/model';
import type { PinRow } from '../../store/pins.ts';

/** Whether the node is pinned, as the API tells it. */
export function toPin(nodeId: string, row: Omit<PinRow, 'seq'> | undefined): Pin {
  if (row === undefined) return { node_id: nodeId, pinned: false, reason: null, user: null, created: null };
  const { reason, username, created } = row;
  return { node_id: nodeId, pinned: true, reason, user: username, created: toApiTime(created) };
}
