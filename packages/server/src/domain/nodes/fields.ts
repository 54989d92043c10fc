import { isNodeKind, NODE_TIMEOUT, type NodeBody, type NodeKind, type PatchBody } from '@kernelci/model';
import { DomainError } from '../../errors.ts';
import { BodyValues } from './body-values.ts';
import { nodeData } from './data.ts';
import type { NodeRecord } from './node.ts';

const SHOWN_MAX = 100;

function kindOf({ kind = 'node' }: NodeBody): NodeKind {
  if (isNodeKind(kind)) return kind;
  throw new DomainError('bad_value', `Unsupported node kind: ${kind.slice(0, SHOWN_MAX)}`);
}

/** What a node has from elsewhere than the fields of its body. */
export type Given = Pick<NodeRecord, 'id' | 'owner'> & Partial<NodeRecord>;

/**
 * The node that a whole body means: defaults where it is silent; what is `given` counts whatever the body says.
 * Throws `invalid` for fields that cannot be read, then what `check` throws, then `bad_value` for kind and data.
 */
export function nodeOf(body: NodeBody, now: number, given: Given, check: () => void): NodeRecord {
  const values = new BodyValues();
  const artifacts = body.artifacts === undefined ? {} : values.artifacts(body.artifacts);
  const created = body.created === undefined ? now : values.time('created', body.created);
  const updated = body.updated === undefined ? now : values.time('updated', body.updated);
  const timeout = body.timeout === undefined ? now + NODE_TIMEOUT : values.time('timeout', body.timeout);
  const holdoff = values.timeOrNull('holdoff', body.holdoff ?? null);
  const user_groups = values.groups(body.user_groups ?? []);
  values.assertAll();
  check();
  const kind = kindOf(body);
  return {
    id: given.id,
    kind,
    name: body.name,
    path: body.path,
    group: body.group ?? null,
    parent: given.parent ?? body.parent?.toLowerCase() ?? null,
    state: body.state ?? 'running',
    result: body.result ?? null,
    artifacts,
    data: nodeData(kind, body.data),
    debug: body.debug === undefined ? {} : body.debug,
    jobfilter: body.jobfilter ?? null,
    platform_filter: body.platform_filter === undefined ? [] : body.platform_filter,
    created,
    updated: given.updated ?? updated,
    timeout,
    holdoff,
    owner: given.owner,
    submitter: given.submitter === undefined ? (body.submitter ?? null) : given.submitter,
    treeid: given.treeid === undefined ? (body.treeid ?? null) : given.treeid,
    user_groups: given.user_groups ?? user_groups,
    processed_by_kcidb_bridge: given.processed_by_kcidb_bridge ?? body.processed_by_kcidb_bridge ?? false,
    retry_counter: body.retry_counter ?? 0,
  };
}

/** The fields that a partial body gives, as they are stored; undefined when it gives none. Throws as `nodeOf`. */
export function changesOf(kind: NodeKind, body: PatchBody): Partial<NodeRecord> | undefined {
  const values = new BodyValues();
  const changes: Partial<NodeRecord> = {};
  if (body.state !== undefined) changes.state = body.state;
  if (body.result !== undefined) changes.result = body.result;
  if (body.artifacts !== undefined) changes.artifacts = values.artifacts(body.artifacts);
  if (body.debug !== undefined) changes.debug = body.debug;
  if (body.jobfilter !== undefined) changes.jobfilter = body.jobfilter;
  if (body.platform_filter !== undefined) changes.platform_filter = body.platform_filter;
  if (body.timeout !== undefined) changes.timeout = values.time('timeout', body.timeout);
  if (body.holdoff !== undefined) changes.holdoff = values.timeOrNull('holdoff', body.holdoff);
  values.assertAll();
  if (body.data !== undefined) changes.data = nodeData(kind, body.data);
  const flagged = body.processed_by_kcidb_bridge !== undefined;
  return flagged || Object.keys(changes).length > 0 ? changes : undefined;
}
