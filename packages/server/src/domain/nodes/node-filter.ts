import { Node } from '@kernelci/model';
import { DomainError } from '../../errors.ts';
import type { FieldTest, NodeFilter, Test } from '../../store/node-query/filter.ts';
import { type Condition, parseCondition } from '../query/conditions.ts';
import { compilePattern } from '../query/pattern.ts';
import { readInteger, readOperand, typeOf } from './operands.ts';

const AS_INTEGER = '__int';

export interface ParsedFilter {
  filter: NodeFilter;
  /** Fields that nodes do not have: nothing matches. */
  unknownFields: string[];
}

export const isNodeField = (name: string): boolean => Object.hasOwn(Node.properties, name);

function noOrder({ field, operator }: Condition): never {
  const allowed = '__ne, __in and __nin';
  throw new DomainError('bad_value', `${field} is true or false: it takes ${allowed}, not __${operator}`);
}

function testOf(condition: Condition): Test {
  const { field, operator, value } = condition;
  const type = typeOf(field);
  switch (operator) {
    case 'eq':
    case 'ne':
      return { kind: 'in', operands: [readOperand(field, value)], negated: operator === 'ne' };
    case 'in':
    case 'nin': {
      const operands = value.split(',').map((item) => readOperand(field, item));
      return { kind: 'in', operands, negated: operator === 'nin' };
    }
    case 're':
      if (type.order === undefined) return noOrder(condition);
      compilePattern(field, value);
      return { kind: 'matches', pattern: value };
    default:
      if (type.order === undefined) return noOrder(condition);
      return { kind: 'compare', comparison: operator, operand: type.order(field, value) };
  }
}

/** The test that one query parameter asks for. Throws `bad_value`. */
export function parseTest(key: string, value: string): FieldTest {
  if (key.endsWith(AS_INTEGER) && key.length > AS_INTEGER.length) {
    const field = key.slice(0, -AS_INTEGER.length);
    return { path: field.split('.'), test: { kind: 'in', operands: [readInteger(value)], negated: false } };
  }
  const condition = parseCondition(key, value);
  // MongoDB's own name of the id.
  const field = condition.field === '_id' ? 'id' : condition.field;
  return { path: field.split('.'), test: testOf({ ...condition, field }) };
}

/** The filter that query parameters ask for, all of which are conditions. Throws `bad_value`. */
export function parseNodeFilter(parameters: Readonly<Record<string, string>>): ParsedFilter {
  const tests = Object.entries(parameters).map(([key, value]) => parseTest(key, value));
  const unknownFields = tests.map(({ path }) => path).filter(([first = '']) => !isNodeField(first));
  return {
    filter: unknownFields.length > 0 ? null : tests,
    unknownFields: unknownFields.map((path) => path.join('.')),
  };
}
