/** What node conditions mean, in the plainest code: no index, no database, no other code of the project. */

type Json = unknown;

const TIMES = ['created', 'updated', 'timeout', 'holdoff'];
const ABSENT = undefined;

const isObject = (value: Json): value is Record<string, Json> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Everything that a path leads to; `ABSENT` where an object, or something that is none, lacks the key. */
function reach(value: Json, path: string[]): Json[] {
  const [key, ...rest] = path;
  if (key === undefined) return Array.isArray(value) ? [value, ...value] : [value];
  if (!Array.isArray(value)) {
    return isObject(value) && Object.hasOwn(value, key) ? reach(value[key], rest) : [ABSENT];
  }
  const isPlace = /^(0|[1-9]\d*)$/.test(key);
  const byPlace = isPlace && Number(key) < value.length ? reach(value[Number(key)], rest) : [];
  const objects = value.filter(isObject).filter((element) => !isPlace || Object.hasOwn(element, key));
  return [...byPlace, ...objects.flatMap((element) => reach(element, path))];
}

const moment = (text: string): number => {
  const iso = text.trim().replace(' ', 'T');
  const zoned = /(Z|[+-]\d\d:?\d\d)$/i.test(iso);
  return Date.parse(zoned ? iso : iso.includes('T') ? `${iso}Z` : `${iso}T00:00:00Z`);
};

const isNumber = (text: string): boolean => /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text);

function same(value: Json, text: string, isTime: boolean): boolean {
  if (text === 'null') return value === null || value === ABSENT;
  if (isTime) return typeof value === 'string' && moment(value) === moment(text);
  if (typeof value === 'number') return isNumber(text) && value === Number(text);
  if (typeof value === 'boolean') return String(value) === text.toLowerCase();
  return value === text;
}

function inOrder(value: Json, text: string, isTime: boolean, fits: (order: number) => boolean): boolean {
  if (isTime) return typeof value === 'string' && fits(moment(value) - moment(text));
  if (isNumber(text)) return typeof value === 'number' && fits(value - Number(text));
  return typeof value === 'string' && fits(Buffer.from(value).compare(Buffer.from(text)));
}

/** Flags may stand before the expression, `(?i)`. */
function expression(text: string): RegExp {
  const [, flags = '', rest = ''] = /^(?:\(\?([im]+)\))?(.*)$/s.exec(text) ?? [];
  return new RegExp(rest, `u${flags}`);
}

const COMPARISONS: Record<string, (order: number) => boolean> = {
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
};

/** Whether the node meets the condition. Regular expressions must mean the same to JavaScript with the u flag. */
export function meets(node: Json, key: string, text: string): boolean {
  const [, field = key, operator = ''] = /^(.+)__(\w+)$/.exec(key) ?? [];
  const isTime = TIMES.includes(field);
  const values = reach(node, (field === '_id' ? 'id' : field).split('.'));
  const listed = () => values.some((value) => text.split(',').some((item) => same(value, item, isTime)));
  const fits = COMPARISONS[operator];
  if (fits) return values.some((value) => inOrder(value, text, isTime, fits));
  switch (operator) {
    case 'in':
      return listed();
    case 'nin':
      return !listed();
    case 'ne':
      return !values.some((value) => same(value, text, isTime));
    case 're':
      return values.some((value) => typeof value === 'string' && expression(text).test(value));
    case 'int':
      return values.some((value) => value === Number(text));
    default:
      return values.some((value) => same(value, text, isTime));
  }
}

/** Whether the node meets all conditions of a query string's form. */
export const meetsAll = (node: Json, conditions: Readonly<Record<string, string>>): boolean =>
  Object.entries(conditions).every(([key, text]) => meets(node, key, text));
