import type { Filters } from '@kernelci/client';
import { UsageError } from '../errors.ts';

const PARTS = /^([\w.-]+)\s*([=<>!~]+)\s*(.*)$/s;
/** What each operator adds to the name on the wire. */
const SUFFIXES = new Map([
  ['=', ''],
  ['>', '__gt'],
  ['<', '__lt'],
  ['>=', '__gte'],
  ['<=', '__lte'],
  ['!=', '__ne'],
  ['=~', '__re'],
]);
/** Parameters that are no attributes, and the options that set them. */
const OF_OPTIONS: ReadonlyMap<string, string> = new Map([
  ['limit', '--page-length and --page-number'],
  ['offset', '--page-length and --page-number'],
]);

export interface Attribute {
  name: string;
  operator: string;
  value: string;
}

/**
 * Splits `name OP value`, with or without blanks around the operator.
 * @throws UsageError
 */
export function parseAttribute(text: string): Attribute {
  const [, name, operator, value] = PARTS.exec(text) ?? [];
  if (name === undefined || operator === undefined || value === undefined || !SUFFIXES.has(operator)) {
    throw new UsageError(
      `'${text}' is not an attribute: write NAME=VALUE, with one of ${[...SUFFIXES.keys()].join(' ')} between them`,
    );
  }
  return { name, operator, value };
}

/**
 * Attributes as query parameters; of repeated ones all values are sent.
 * @param ofOptions parameters that are no attributes, and the options that set them
 * @throws UsageError
 */
export function filtersOf(attributes: readonly string[], ofOptions = OF_OPTIONS): Filters {
  const filters = new Map<string, string[]>();
  for (const { name, operator, value } of attributes.map(parseAttribute)) {
    const option = ofOptions.get(name);
    if (option !== undefined) throw new UsageError(`'${name}' is set with ${option}`);
    const parameter = `${name}${SUFFIXES.get(operator)}`;
    filters.set(parameter, [...(filters.get(parameter) ?? []), value]);
  }
  return Object.fromEntries(filters);
}
