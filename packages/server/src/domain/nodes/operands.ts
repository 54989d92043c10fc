import { DomainError } from '../../errors.ts';
import type { Operand } from '../../store/node-query/filter.ts';
import { parseTime } from '../query/time.ts';
import { nodeId } from './node-errors.ts';

const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const INTEGER = /^\s*[+-]?\d+\s*$/;
const BOOLEAN = /^(true|false)$/i;
const SHOWN_MAX = 100;

/** How a field's values are written in a condition. All throw `bad_value` for what is no such value. */
export interface FieldType {
  /** What equality compares with. `null` is read before. */
  equal(field: string, text: string): Operand;
  /** What order compares with; absent where there is none. */
  order?(field: string, text: string): Operand;
}

const integer = (text: string): Operand => {
  if (INTEGER.test(text)) return { number: Number(text) };
  throw new DomainError('bad_value', `invalid literal for int() with base 10: '${text.slice(0, SHOWN_MAX)}'`);
};

/** Anything: text is tried as a number, and as true or false. */
const any: FieldType = {
  equal: (_field, text) => {
    if (NUMBER.test(text)) return { text, number: Number(text) };
    return BOOLEAN.test(text) ? { text, boolean: text.toLowerCase() === 'true' } : { text };
  },
  order: (_field, text) => (NUMBER.test(text) ? { number: Number(text) } : { text }),
};

const id: FieldType = {
  equal: (_field, text) => ({ text: nodeId(text) }),
  order: (_field, text) => ({ text: text.toLowerCase() }),
};

const time: FieldType = {
  equal: (field, text) => ({ time: parseTime(field, text) }),
  order: (field, text) => ({ time: parseTime(field, text) }),
};

const count: FieldType = {
  equal: (_field, text) => integer(text),
  order: (_field, text) => integer(text),
};

const flag: FieldType = {
  equal: (field, text) => {
    if (BOOLEAN.test(text)) return { boolean: text.toLowerCase() === 'true' };
    throw new DomainError('bad_value', `${field}: must be true or false, not '${text.slice(0, SHOWN_MAX)}'`);
  },
};

const TYPES: Record<string, FieldType> = {
  id,
  parent: id,
  created: time,
  updated: time,
  timeout: time,
  holdoff: time,
  retry_counter: count,
  processed_by_kcidb_bridge: flag,
};

export const typeOf = (field: string): FieldType =>
  (Object.hasOwn(TYPES, field) ? TYPES[field] : undefined) ?? any;

/** What equality with the text means on the field. */
export const readOperand = (field: string, text: string): Operand =>
  text === 'null' ? { nothing: true } : typeOf(field).equal(field, text);

/** The whole number that the text is. */
export const readInteger = (text: string): Operand => integer(text);
