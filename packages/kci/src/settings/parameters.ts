import { KciError } from '../errors.ts';
import type { Found } from './lookup.ts';

/** Converts a setting, or complains about where it stands. */
export type Parameter<T> = (found: Found) => T;

export const text: Parameter<string> = ({ value, where }) => {
  if (typeof value === 'string') return value;
  throw new KciError(`${where} has to be text in quotes`);
};

export const flag: Parameter<boolean> = ({ value, where }) => {
  if (typeof value === 'boolean') return value;
  throw new KciError(`${where} has to be true or false`);
};

export const texts: Parameter<string[]> = ({ value, where }) => {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.every((item) => typeof item === 'string')) return list;
  throw new KciError(`${where} has to be a text or a list of texts`);
};

export function whole(min: number, max: number = Number.MAX_SAFE_INTEGER): Parameter<number> {
  return ({ value, where }) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    throw new KciError(`${where} has to be a whole number ${range}`);
  };
}

export function oneOf<T extends string>(choices: readonly T[]): Parameter<T> {
  return ({ value, where }) => {
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    throw new KciError(`${where} has to be one of ${choices.join(', ')}`);
  };
}
