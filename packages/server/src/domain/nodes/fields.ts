import {
  isNodeKind,
  NODE_TIMEOUT,
  type NodeBody,
  type NodeKind,
  type PatchBody,
  type Problem,
} from '@kernelci/model';
import { DomainError } from '../../errors.ts';
import { nodeData } from './data.ts';
import type { NodeRecord } from './node.ts';
import { readTime } from './times.ts';
import { normalHttpUrl } from './urls.ts';

const SHOWN_MAX = 100;

/** Throws `invalid` with all that was found. */
function assertNone(problems: readonly Problem[]): void {
  const [first] = problems;
  if (first === undefined) return;
  throw new DomainError('invalid', `${first.loc.join('.')}: ${first.msg}`, { problems });
}

const shown = (value: unknown): unknown =>
  typeof value === 'string' && value.length > SHOWN_MAX ? value.slice(0, SHOWN_MAX) : value;

/** Throws `bad_value` unless there are nodes of the kind. */
export function nodeKind(kind: string | undefined): NodeKind {
  const given = kind ?? 'node';
  if (isNodeKind(given)) return given;
  throw new DomainError('bad_value', `Unsupported node kind: ${given.slice(0, SHOWN_MAX)}`);
}

/** The addresses in the URL standard's spelling; the same object when they are already. */
function normalArtifacts(
  artifacts: Record<string, string> | null | undefined,
  problems: Problem[],
): Record<string, string> | null {
  if (artifacts === undefined) return {};
  if (artifacts === null) return null;
  let normal = artifacts;
  for (const name of Object.keys(artifacts)) {
    const text = artifacts[name] as string;
    const url = normalHttpUrl(text);
    if (url === undefined) {
      const loc = ['body', 'artifacts', name];
      problems.push({ type: 'url_parsing', loc, msg: 'Must be an http or https URL', input: shown(text) });
    } else if (url !== text) {
      if (normal === artifacts) normal = { ...artifacts };
      normal[name] = url;
    }
  }
  return normal;
}

function time(name: string, value: string | number, problems: Problem[]): number {
  const read = readTime(value);
  if (read !== undefined) return read;
  const msg = 'Must be a date and time in ISO 8601, such as 2026-11-23T22:59:09.615';
  problems.push({ type: 'datetime_parsing', loc: ['body', name], msg, input: shown(value) });
  return 0;
}

const maybeTime = (
  name: string,
  value: string | number | null | undefined,
  problems: Problem[],
): number | null => (value === undefined || value === null ? null : time(name, value, problems));

function checkGroups(groups: readonly string[], problems: Problem[]): void {
  if (groups.length < 2 || new Set(groups).size === groups.length) return;
  const loc = ['body', 'user_groups'];
  problems.push({ type: 'value_error', loc, msg: 'Groups must have unique names', input: [...groups] });
}

/** What a node has from elsewhere than the fields of its body. */
export type Given = Pick<NodeRecord, 'id' | 'owner'> & Partial<NodeRecord>;

/**
 * The node that a whole body means: defaults where it is silent; what is `given` counts whatever the body says.
 * Throws `invalid` for fields that cannot be read, then what `check` throws, then `bad_value` for kind and data.
 */
export function nodeOf(body: NodeBody, now: number, given: Given, check?: () => void): NodeRecord {
  const problems: Problem[] = [];
  const artifacts = normalArtifacts(body.artifacts, problems);
  const created = body.created === undefined ? now : time('created', body.created, problems);
  const updated = body.updated === undefined ? now : time('updated', body.updated, problems);
  const timeout = body.timeout === undefined ? now + NODE_TIMEOUT : time('timeout', body.timeout, problems);
  const holdoff = maybeTime('holdoff', body.holdoff, problems);
  const user_groups = body.user_groups ?? [];
  checkGroups(user_groups, problems);
  assertNone(problems);
  check?.();
  const kind = nodeKind(body.kind);
  const { parent = null } = body;
  return {
    id: given.id,
    kind,
    name: body.name,
    path: body.path,
    group: body.group ?? null,
    parent: given.parent ?? (parent === null ? null : parent.toLowerCase()),
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
  const problems: Problem[] = [];
  const changes: Partial<NodeRecord> = {};
  if (body.state !== undefined) changes.state = body.state;
  if (body.result !== undefined) changes.result = body.result;
  if (body.artifacts !== undefined) changes.artifacts = normalArtifacts(body.artifacts, problems);
  if (body.debug !== undefined) changes.debug = body.debug;
  if (body.jobfilter !== undefined) changes.jobfilter = body.jobfilter;
  if (body.platform_filter !== undefined) changes.platform_filter = body.platform_filter;
  if (body.timeout !== undefined) changes.timeout = time('timeout', body.timeout, problems);
  if (body.holdoff !== undefined) changes.holdoff = maybeTime('holdoff', body.holdoff, problems);
  assertNone(problems);
  if (body.data !== undefined) changes.data = nodeData(kind, body.data);
  const flagged = body.processed_by_kcidb_bridge !== undefined;
  return flagged || Object.keys(changes).length > 0 ? changes : undefined;
}
