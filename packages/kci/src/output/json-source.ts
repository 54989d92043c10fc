import { type JsonToken, jsonTokens } from './json-tokens.ts';

const sources = new WeakMap<object, string>();

interface Container {
  value: unknown;
  start: number;
  /** The member that comes next: a key, or a position in an array. */
  next: string | number | undefined;
}

/**
 * Like `JSON.parse`, and remembers how each object and array was written, so that it can be shown again with its
 * numbers and the order of its keys unaltered. The values must not be changed.
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const open: Container[] = [];
  let previous: JsonToken | undefined;
  for (const token of jsonTokens(text)) {
    const inside = open.at(-1);
    if (token.text === '{' || token.text === '[') {
      open.push({
        value: open.length === 0 ? value : memberOf(inside),
        start: token.start,
        next: token.text === '[' ? 0 : undefined,
      });
    } else if (token.text === '}' || token.text === ']') {
      const closed = open.pop();
      if (isObject(closed?.value)) sources.set(closed.value, text.slice(closed.start, token.end));
    } else if (token.text === ':' && inside !== undefined && previous !== undefined) {
      inside.next = JSON.parse(previous.text) as string;
    } else if (token.text === ',' && typeof inside?.next === 'number') {
      inside.next += 1;
    }
    previous = token;
  }
  return value;
}

/** The JSON text of a value; as it came for what `parseJson` gave, however it is wrapped. */
export function jsonSource(value: unknown): string {
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const known = sources.get(value);
  if (known !== undefined) return known;
  if (Array.isArray(value)) return `[${value.map(jsonSource).join(',')}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${jsonSource(member)}`).join(',')}}`;
}

/** Of a repeated key only the last is in the value; the others have nothing to remember. */
function memberOf(container: Container | undefined): unknown {
  if (!isObject(container?.value) || container.next === undefined) return undefined;
  return Object.hasOwn(container.value, container.next)
    ? (container.value as Record<string | number, unknown>)[container.next]
    : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
