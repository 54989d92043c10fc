import type { NodeState } from '@kernelci/model';
import { DomainError } from '../../errors.ts';
import type { NodeRecord } from './node.ts';

const NEXT: Record<NodeState, readonly NodeState[]> = {
  running: ['available', 'closing', 'done'],
  available: ['closing', 'done'],
  closing: ['done'],
  done: [],
};

/** Throws `bad_value` unless a node may go from the one state to the other; it may always stay. */
export function checkTransition(from: NodeState, to: NodeState): void {
  if (from === to || NEXT[from].includes(to)) return;
  throw new DomainError('bad_value', `Transition not allowed with state: ${to}`);
}

/**
 * Whether the node counts as passed on to KCIDB after a change: a change makes it new to the bridge, unless the
 * change is the bridge's own, which sets the flag and leaves the state alone.
 */
export function processedAfter(current: NodeRecord, state: NodeState, flag: boolean | undefined): boolean {
  return flag === true && !current.processed_by_kcidb_bridge && state === current.state;
}
