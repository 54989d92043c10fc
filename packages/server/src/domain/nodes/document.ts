import { toApiTime } from '@kernelci/model';
import { ODD_VALUE } from '../../store/node-query/columns.ts';
import type { NodeToStore, NodeUpdate } from '../../store/nodes.ts';
import type { Flag, NodeTable } from '../../store/schema.ts';
import type { NodeRecord } from './node.ts';

export type NodeColumns = Omit<NodeTable, 'seq'>;

const COLUMN_BYTES_MAX = 400;
/** No text of so few UTF-16 units takes more bytes than that. */
const SURELY_SHORT = Math.floor(COLUMN_BYTES_MAX / 3);
/** Of `{"id":"…",`, with an id's 24 digits. */
const HEAD_LENGTH = 33;
const ID_AT = 7;
const ID_LENGTH = 24;

const timeText = (time: number | null): string | null => (time === null ? null : toApiTime(time));

/** The node as reads return it: JSON with the 23 keys in the contract's order. */
export function documentOf(node: NodeRecord): string {
  const created = toApiTime(node.created);
  return JSON.stringify({
    id: node.id,
    kind: node.kind,
    name: node.name,
    path: node.path,
    group: node.group,
    parent: node.parent,
    state: node.state,
    result: node.result,
    artifacts: node.artifacts,
    data: node.data,
    debug: node.debug,
    jobfilter: node.jobfilter,
    platform_filter: node.platform_filter,
    created,
    updated: node.updated === node.created ? created : toApiTime(node.updated),
    timeout: timeText(node.timeout),
    holdoff: timeText(node.holdoff),
    owner: node.owner,
    submitter: node.submitter,
    treeid: node.treeid,
    user_groups: node.user_groups,
    processed_by_kcidb_bridge: node.processed_by_kcidb_bridge,
    retry_counter: node.retry_counter,
  });
}

/** The document as a creation answers it: the id at the end. */
export function createdAnswer(document: string): string {
  return `{${document.slice(HEAD_LENGTH, -1)},"id":"${document.slice(ID_AT, ID_AT + ID_LENGTH)}"}`;
}

const fromText = (time: unknown): number | null => (typeof time === 'string' ? Date.parse(`${time}Z`) : null);

/** The node of a document that `documentOf` made. */
export function recordOf(document: string): NodeRecord {
  const node = JSON.parse(document);
  node.created = fromText(node.created);
  node.updated = fromText(node.updated);
  node.timeout = fromText(node.timeout);
  node.holdoff = fromText(node.holdoff);
  return node;
}

function columnText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'string') return ODD_VALUE;
  if (value.length <= SURELY_SHORT) return value;
  return value.length <= COLUMN_BYTES_MAX && Buffer.byteLength(value) <= COLUMN_BYTES_MAX ? value : ODD_VALUE;
}

/** The value under a key of what a path has led to. A list on the way stands for each of its elements. */
function columnIn(value: unknown, key: string): string | null {
  if (value === null || typeof value !== 'object') return null;
  if (Array.isArray(value)) return ODD_VALUE;
  return Object.hasOwn(value, key) ? columnText((value as Record<string, unknown>)[key]) : null;
}

const flag = (value: boolean): Flag => (value ? 1 : 0);

/** What queries are answered from without opening the document. */
export function columnsOf(node: NodeRecord): NodeColumns {
  const { data } = node;
  const revision = Object.hasOwn(data, 'kernel_revision') ? data.kernel_revision : null;
  return {
    id: node.id,
    kind: node.kind,
    state: node.state,
    result: node.result,
    name: columnText(node.name),
    group_name: columnText(node.group),
    owner: columnText(node.owner),
    parent: node.parent,
    treeid: columnText(node.treeid),
    tree: columnIn(revision, 'tree'),
    branch: columnIn(revision, 'branch'),
    commit_hash: columnIn(revision, 'commit'),
    platform: columnIn(data, 'platform'),
    runtime: columnIn(data, 'runtime'),
    arch: columnIn(data, 'arch'),
    submitter: columnText(node.submitter),
    created: node.created,
    updated: node.updated,
    timeout: node.timeout,
    holdoff: node.holdoff,
    processed: flag(node.processed_by_kcidb_bridge),
    retry_counter: node.retry_counter,
  };
}

export const toStore = (node: NodeRecord): NodeToStore => ({
  columns: columnsOf(node),
  doc: documentOf(node),
});

/** What a node that is locked is to become. */
export const nodeUpdate = (
  { seq, revision }: { seq: number; revision: number },
  previous: NodeRecord,
  stored: NodeToStore,
): NodeUpdate => ({ ...stored, seq, before: columnsOf(previous), revision: revision + 1 });
