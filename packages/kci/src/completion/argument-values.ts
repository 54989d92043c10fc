import { NODE_KINDS, NODE_RESULTS, NODE_STATES } from '@kernelci/model';
import type { Argument } from 'commander';
import type { Candidate } from './candidates.ts';

/** Fields of nodes that are often asked for; any other can be. */
export const NODE_FIELDS = [
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

const NODE_VALUES = new Map<string, readonly string[]>([
  ['kind', NODE_KINDS],
  ['state', NODE_STATES],
  ['result', NODE_RESULTS],
]);

/** What an argument may be; empty when anything may. */
export function argumentValues(
  path: readonly string[],
  argument: Argument | undefined,
  current: string,
): Candidate[] | 'files' {
  if (argument?.name() === 'file') return 'files';
  if (argument?.name() === 'attributes' && path[0] === 'node') return plain(nodeAttributes(current));
  return plain(argument?.argChoices ?? []);
}

/** `ki` → `kind=`, `kind=ch` → `kind=checkout`. */
function nodeAttributes(current: string): string[] {
  const [, name, operator] = /^([\w.-]+)(!?=)/.exec(current) ?? [];
  if (name === undefined) return NODE_FIELDS.map((field) => `${field}=`);
  return (NODE_VALUES.get(name) ?? []).map((value) => `${name}${operator}${value}`);
}

function plain(values: readonly string[]): Candidate[] {
  return values.map((value) => ({ value, meaning: '' }));
}
