import type { User } from '@kernelci/model';
import { type Condition, parseCondition } from '../query/conditions.ts';
import { compilePattern } from '../query/pattern.ts';

type Value = string | boolean;
type Test = (user: User) => boolean;

/** What each field offers for comparison: one value, or those of every group. */
const FIELDS: Record<string, (user: User) => Value[]> = {
  id: (user) => [user.id],
  username: (user) => [user.username],
  email: (user) => [user.email],
  is_active: (user) => [user.is_active],
  is_superuser: (user) => [user.is_superuser],
  is_verified: (user) => [user.is_verified],
  groups: (user) => user.groups.map((group) => group.name),
  'groups.name': (user) => user.groups.map((group) => group.name),
  'groups.id': (user) => user.groups.map((group) => group.id),
};

const BOOLEANS: Record<string, boolean> = { true: true, false: false, '1': true, '0': false };

const equals = (value: Value, text: string): boolean =>
  typeof value === 'boolean' ? BOOLEANS[text.toLowerCase()] === value : value === text;

function valueTest({ field, operator, value: text }: Condition): (value: Value) => boolean {
  const listed = (value: Value) => text.split(',').some((item) => equals(value, item));
  switch (operator) {
    case 'eq':
    case 'ne':
      return (value) => equals(value, text);
    case 'in':
    case 'nin':
      return listed;
    case 're': {
      const pattern = compilePattern(field, text);
      return (value) => typeof value === 'string' && pattern(value);
    }
    case 'lt':
      return (value) => String(value) < text;
    case 'lte':
      return (value) => String(value) <= text;
    case 'gt':
      return (value) => String(value) > text;
    case 'gte':
      return (value) => String(value) >= text;
  }
}

export interface UserFilter {
  matches: Test;
  /** Fields that users do not have: nothing matches them. */
  unknownFields: string[];
  /** The name that alone decides, when the filter asks for one: it can be looked up. */
  username: string | undefined;
}

/** The filter that query parameters (all but the paging) ask for. Throws `bad_value`. */
export function parseUserFilter(query: Readonly<Record<string, string>>): UserFilter {
  const conditions = Object.entries(query).map(([key, value]) => parseCondition(key, value));
  const unknownFields = conditions.map(({ field }) => field).filter((field) => !Object.hasOwn(FIELDS, field));
  const tests = conditions.flatMap((condition): Test[] => {
    const values = Object.hasOwn(FIELDS, condition.field) ? FIELDS[condition.field] : undefined;
    if (values === undefined) return [() => false];
    const test = valueTest(condition);
    const negated = condition.operator === 'ne' || condition.operator === 'nin';
    return [(user) => values(user).some(test) !== negated];
  });
  const byName = conditions.find(({ field, operator }) => field === 'username' && operator === 'eq');
  return {
    matches: (user) => tests.every((test) => test(user)),
    unknownFields,
    username: byName?.value,
  };
}
