import { isId } from '@kernelci/model';
import { isUrl, normalUrl } from './urls.ts';

/** What is wrong with a value: where in it, and what (`.version.patchlevel: Field required`). */
export type Fault = string;

/** One key of an object in `data`. */
export interface Field {
  check(value: unknown): Fault | undefined;
  required?: true;
  /** What reads of a hierarchy show when the key is absent; null unless given. */
  fallback?: unknown;
  /** The value in the form that a hierarchy stores. */
  normal?(value: unknown): unknown;
}
export type Fields = ReadonlyMap<string, Field>;

export const REQUIRED = ': Field required';
const DIGITS = /^\s*[+-]?\d+\s*$/;
const SHOWN_MAX = 60;

/** The number that digits in a text mean; undefined for other text and for numbers that would lose digits. */
export function readInteger(text: string): number | undefined {
  const value = DIGITS.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is wrong first; keys that are not fields may hold anything. Null means absent unless the key is required. */
export function faultIn(fields: Fields, value: unknown): Fault | undefined {
  if (!isObject(value)) return ': Must be an object';
  for (const [key, field] of fields) {
    if (field.required && !Object.hasOwn(value, key)) return `.${key}${REQUIRED}`;
  }
  for (const key of Object.keys(value)) {
    const field = fields.get(key);
    const item = value[key];
    if (field === undefined || (item === null && !field.required)) continue;
    const fault = field.check(item);
    if (fault !== undefined) return `.${key}${fault}`;
  }
  return undefined;
}

interface Template {
  /** Every field, as it is when it is absent. */
  absent: Record<string, unknown>;
  normal: Array<[string, (value: unknown) => unknown]>;
}

const templates = new WeakMap<Fields, Template>();

function templateOf(fields: Fields): Template {
  const known = templates.get(fields);
  if (known) return known;
  const absent = [...fields].map(([key, { fallback = null }]) => [key, fallback]);
  const normal: Template['normal'] = [];
  for (const [key, field] of fields) if (field.normal) normal.push([key, field.normal]);
  const made = { absent: Object.fromEntries(absent), normal };
  templates.set(fields, made);
  return made;
}

/** The object with every field present, in the fields' order, and what it has beyond them. */
export function filled(fields: Fields, value: Record<string, unknown>): Record<string, unknown> {
  const { absent, normal } = templateOf(fields);
  const whole = { ...absent, ...value };
  for (const [key, act] of normal) {
    if (whole[key] !== null) whole[key] = act(whole[key]);
  }
  return whole;
}

const must = (what: string): Fault => `: Must be ${what}`;
const isText = (value: unknown): value is string => typeof value === 'string';

export const text: Field = { check: (value) => (isText(value) ? undefined : must('a string')) };
export const boolean: Field = {
  check: (value) => (typeof value === 'boolean' ? undefined : must('true or false')),
};
export const object: Field = {
  check: (value) => (isObject(value) ? undefined : must('an object')),
  fallback: Object.freeze({}),
};
export const url: Field = {
  check: (value) => (isText(value) && isUrl(value) ? undefined : must('an absolute URL')),
  normal: (value) => normalUrl(String(value)),
};
export const nodeId: Field = {
  check: (value) =>
    isText(value) && isId(value) ? undefined : must('the id of a node, 24 hexadecimal digits'),
};
export const integer: Field = {
  check: (value) => {
    if (Number.isSafeInteger(value) || (isText(value) && readInteger(value) !== undefined)) return undefined;
    return isText(value)
      ? `: Must be a whole number, not '${value.slice(0, SHOWN_MAX)}'`
      : must('a whole number');
  },
};

export const oneOf = (choices: readonly string[]): Field => {
  const known = new Set<unknown>(choices);
  return { check: (value) => (known.has(value) ? undefined : must(`one of ${choices.join(', ')}`)) };
};

export const listOf = (item: Field, extra: { fallback?: unknown } = {}): Field => ({
  ...extra,
  check: (value) => {
    if (!Array.isArray(value)) return must('a list');
    for (let i = 0; i < value.length; i += 1) {
      const fault = item.check(value[i]);
      if (fault !== undefined) return `.${i}${fault}`;
    }
    return undefined;
  },
});

export const required = (field: Field): Field => ({ ...field, required: true });

export const nested = (fields: Fields): Field => ({
  check: (value) => faultIn(fields, value),
  normal: (value) => (isObject(value) ? filled(fields, value) : value),
});
