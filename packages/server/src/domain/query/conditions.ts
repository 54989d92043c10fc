import { DomainError } from '../../errors.ts';

export const OPERATORS = ['lt', 'lte', 'gt', 'gte', 'ne', 're', 'in', 'nin'] as const;
export type Operator = 'eq' | (typeof OPERATORS)[number];

/** `field__op=value` of a query string, taken apart; without an operator it asks for equality. */
export interface Condition {
  field: string;
  operator: Operator;
  value: string;
}

/** Throws `bad_value` that names an operator which does not exist. */
export function parseCondition(key: string, value: string): Condition {
  const at = key.lastIndexOf('__');
  if (at <= 0) return { field: key, operator: 'eq', value };
  const field = key.slice(0, at);
  const operator = OPERATORS.find((name) => name === key.slice(at + 2));
  if (operator !== undefined) return { field, operator, value };
  throw new DomainError(
    'bad_value',
    `${key}: unknown operator "${key.slice(at + 2)}", there are ${OPERATORS.map((name) => `__${name}`).join(' ')}`,
  );
}
