import type { NodeKind } from '@kernelci/model';
import { DomainError } from '../../errors.ts';
import { faultIn, filled, isObject, readInteger } from './data-fields.ts';
import { DATA_MODELS } from './data-models.ts';

type Data = Record<string, unknown>;

const REVISIONS = ['kernel_revision', 'test_revision', 'failed_kernel_revision'];
const NUMBERS = ['version', 'patchlevel', 'sublevel'];

/** The version with numbers where it has digits in text; undefined when there are none. */
function counted(version: unknown): Data | undefined {
  if (!isObject(version)) return undefined;
  let changed: Data | undefined;
  for (const key of NUMBERS) {
    const value = Object.hasOwn(version, key) ? version[key] : undefined;
    const number = typeof value === 'string' ? readInteger(value) : undefined;
    if (number === undefined) continue;
    changed ??= { ...version };
    changed[key] = number;
  }
  return changed;
}

/** The data with numbers in its kernel versions, copied only as far as that changes anything. */
export function withNumbers(data: Data): Data {
  let changed = data;
  for (const key of REVISIONS) {
    const revision = Object.hasOwn(data, key) ? data[key] : undefined;
    const version =
      isObject(revision) && Object.hasOwn(revision, 'version') ? counted(revision.version) : undefined;
    if (version) changed = { ...changed, [key]: { ...(revision as Data), version } };
  }
  return changed;
}

/**
 * What a node of the kind keeps as its data: all as sent, digits of kernel versions as numbers.
 * Throws `bad_value` that names the first place which does not fit the kind.
 */
export function nodeData(kind: NodeKind, data: Data | null | undefined): Data {
  if (data === undefined) return {};
  const model = DATA_MODELS[kind];
  const fault = model && faultIn(model, data);
  if (fault !== undefined) throw new DomainError('bad_value', `Not a valid ${kind}: data${fault}`);
  return data === null ? {} : withNumbers(data);
}

/** The same with every key that the kind knows, as hierarchies store it. */
export function completeData(kind: NodeKind, data: Data): Data {
  const model = DATA_MODELS[kind];
  return model === undefined ? data : filled(model, data);
}
