import { isNodeKind, NODE_RESULTS, NODE_STATES, NODE_TIMEOUT } from '@kernelci/model';
import { withNumbers } from '../../domain/nodes/data.ts';
import { columnsOf, documentOf } from '../../domain/nodes/document.ts';
import type { NodeRecord } from '../../domain/nodes/node.ts';
import type { NodeToStore } from '../../store/nodes.ts';
import { date, type Fields, flag, idFrom, LeftOut, madeAt, plain, storable, text } from './plain.ts';

const SHOWN_MAX = 40;
const DIGITS = /^\d+$/;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function oneOf<T extends string>(name: string, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new LeftOut(`its ${name} is "${value.slice(0, SHOWN_MAX)}"`);
  return found;
}

function kindOf(fields: Fields): NodeRecord['kind'] {
  const kind = text(fields, 'kind') ?? '';
  if (isNodeKind(kind)) return kind;
  throw new LeftOut(`its kind is "${kind.slice(0, SHOWN_MAX)}"`);
}

function requiredText(fields: Fields, name: string): string {
  const value = text(fields, name);
  if (value === null) throw new LeftOut(`it has no ${name}`);
  return value;
}

function textList(fields: Fields, name: string): string[] | null {
  const value = plain(fields[name]);
  if (value === null) return null;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new LeftOut(`its ${name} is no list of texts`);
}

function objectIn(fields: Fields, name: string): Record<string, unknown> | null {
  const value = plain(fields[name]);
  if (value === null || isObject(value)) return value;
  throw new LeftOut(`its ${name} is no object`);
}

function artifactsIn(fields: Fields): Record<string, string> | null {
  if (fields.artifacts === undefined) return {};
  const value = objectIn(fields, 'artifacts');
  if (value === null || Object.values(value).every((item) => typeof item === 'string'))
    return value as Record<string, string> | null;
  throw new LeftOut('its artifacts are not all texts');
}

function parentIn({ parent }: Fields): string | null {
  if (parent === undefined || parent === null || parent === '') return null;
  const id = idFrom(parent);
  if (id === null) throw new LeftOut('its parent is no id');
  return id;
}

function counterIn({ retry_counter: value }: Fields): number {
  const number = typeof value === 'string' && DIGITS.test(value) ? Number(value) : (plain(value) ?? 0);
  if (Number.isSafeInteger(number)) return number as number;
  throw new LeftOut('its retry_counter is no whole number');
}

/** Older documents lack fields that came later: they read as the existing server's defaults. */
function recordOf(id: string, fields: Fields): NodeRecord {
  const kind = kindOf(fields);
  const name = requiredText(fields, 'name');
  const created = date(fields, 'created') ?? madeAt(id);
  const timeout = date(fields, 'timeout');
  const result = text(fields, 'result');
  return {
    id,
    kind,
    name,
    path: textList(fields, 'path') ?? [name],
    group: text(fields, 'group'),
    parent: parentIn(fields),
    state: oneOf('state', text(fields, 'state') ?? 'running', NODE_STATES),
    result: result === null ? null : oneOf('result', result, NODE_RESULTS),
    artifacts: artifactsIn(fields),
    data: withNumbers(objectIn(fields, 'data') ?? {}),
    debug: fields.debug === undefined ? {} : objectIn(fields, 'debug'),
    jobfilter: textList(fields, 'jobfilter'),
    platform_filter: fields.platform_filter === undefined ? [] : textList(fields, 'platform_filter'),
    created,
    updated: date(fields, 'updated') ?? created,
    timeout: timeout === undefined ? created + NODE_TIMEOUT : timeout,
    holdoff: date(fields, 'holdoff') ?? null,
    owner: text(fields, 'owner'),
    submitter: text(fields, 'submitter'),
    treeid: text(fields, 'treeid'),
    user_groups: textList(fields, 'user_groups') ?? [],
    processed_by_kcidb_bridge: flag(fields, 'processed_by_kcidb_bridge'),
    retry_counter: counterIn(fields),
  };
}

/** The node of a document, ready to be stored. Throws `LeftOut`. */
export function nodeOf(id: string, fields: Fields): NodeToStore {
  const node = recordOf(id, fields);
  return { columns: columnsOf(node), doc: storable(documentOf(node)) };
}
