import type { Argument } from 'commander';
import type { Candidate } from './candidates.ts';

/** Fields of nodes that are often asked for; any other can be. */
const NODE_FIELDS = [
  'kind',
  'name',
  'state',
  'result',
  'created',
  'updated',
  'group',
  'parent',
  'treeid',
  'owner',
  'submitter',
  'data.kernel_revision.tree',
  'data.kernel_revision.branch',
  'data.kernel_revision.commit',
  'data.arch',
  'data.platform',
  'data.runtime',
];

/** The same for events. */
const EVENT_FIELDS = [
  'op',
  'kind',
  'name',
  'state',
  'result',
  'group',
  'owner',
  'path',
  'node_id',
  'channel',
  'previous_state',
  'previous_result',
  'data.kernel_revision.tree',
  'data.kernel_revision.branch',
  'data.arch',
  'data.platform',
  'data.runtime',
];

/** The same for telemetry, of which only values can be asked for. */
const TELEMETRY_FIELDS = [
  ...['kind', 'runtime', 'device_type', 'device_id', 'job_name', 'test_name', 'job_id', 'node_id'],
  ...['tree', 'branch', 'arch', 'result', 'is_infra_error', 'error_type'],
];

const WITHOUT_INDEX = new Set(['updated', 'submitter']);
/** Fields that nodes can be sorted by. */
export const SORT_FIELDS = ['id', ...NODE_FIELDS.filter((field) => !WITHOUT_INDEX.has(field))];

/** What an argument may be; empty when anything may. */
export async function argumentValues(
  path: readonly string[],
  argument: Argument | undefined,
  current: string,
): Promise<Candidate[] | 'files'> {
  if (argument?.name() === 'file') return 'files';
  if (argument?.name() === 'attributes' && path[0] === 'node') {
    return plain(await conditions(NODE_FIELDS, current));
  }
  if (argument?.name() === 'filters' && path[0] === 'telemetry') {
    return plain(await telemetryConditions(current));
  }
  if (argument?.name() === 'filters') return plain(await conditions(EVENT_FIELDS, current));
  return plain(argument?.argChoices ?? []);
}

/** `ki` → `kind=`, `kind=ch` → `kind=checkout`. */
async function conditions(fields: readonly string[], current: string): Promise<string[]> {
  const [, name, operator] = /^([\w.-]+)(!?=)/.exec(current) ?? [];
  if (name === undefined) return fields.map((field) => `${field}=`);
  const { NODE_KINDS, NODE_STATES, NODE_RESULTS } = await import('@kernelci/model');
  const values = new Map<string, readonly string[]>([
    ['kind', NODE_KINDS],
    ['state', NODE_STATES],
    ['result', NODE_RESULTS],
    ['op', ['created', 'updated']],
    ['previous_state', NODE_STATES],
    ['previous_result', NODE_RESULTS],
  ]);
  return (values.get(name) ?? []).map((value) => `${name}${operator}${value}`);
}

/** `ki` → `kind=`, `kind=job` → `kind=job_result` and the like. */
async function telemetryConditions(current: string): Promise<string[]> {
  const [, name] = /^(\w+)=/.exec(current) ?? [];
  if (name === undefined) return TELEMETRY_FIELDS.map((field) => `${field}=`);
  const { NODE_RESULTS, TELEMETRY_KINDS } = await import('@kernelci/model');
  const values = new Map<string, readonly string[]>([
    ['kind', TELEMETRY_KINDS],
    ['result', NODE_RESULTS],
    ['is_infra_error', ['true', 'false']],
  ]);
  return (values.get(name) ?? []).map((value) => `${name}=${value}`);
}

function plain(values: readonly string[]): Candidate[] {
  return values.map((value) => ({ value, meaning: '' }));
}
