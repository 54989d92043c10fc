import { findNode } from '../../store/nodes.ts';
import type { Uses } from '../services.ts';
import type { ReadNode } from './node-changer.ts';
import { nodeId } from './node-errors.ts';

/** The node's text; undefined when there is none of that id. Throws `bad_value` for a malformed one. */
export function readNode(s: Uses<'db'>, id: string): Promise<ReadNode | undefined> {
  return findNode(s.db.reader, nodeId(id));
}
