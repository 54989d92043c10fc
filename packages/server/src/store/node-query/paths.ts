/** What a path leads to where there is nothing. */
export const MISSING = Symbol('missing');

const INDEX = /^(0|[1-9]\d*)$/;

const own = (value: object, key: string): unknown =>
  Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : MISSING;

function visitList(list: readonly unknown[], path: readonly string[], at: number, visit: Visit): boolean {
  const key = path[at] as string;
  const isIndex = INDEX.test(key);
  if (isIndex && Number(key) < list.length && walk(list[Number(key)], path, at + 1, visit)) return true;
  return list.some((element) => {
    if (element === null || typeof element !== 'object' || Array.isArray(element)) return false;
    // A number names a place in the list first of all; only objects that have it as a key are meant too.
    if (isIndex && !Object.hasOwn(element, key)) return false;
    return walk(own(element, key), path, at + 1, visit);
  });
}

function walk(value: unknown, path: readonly string[], at: number, visit: Visit): boolean {
  if (at === path.length) {
    return visit(value) || (Array.isArray(value) && value.some((element) => visit(element)));
  }
  if (value === null || typeof value !== 'object') return visit(MISSING);
  if (Array.isArray(value)) return visitList(value, path, at, visit);
  return walk(own(value, path[at] as string), path, at + 1, visit);
}

type Visit = (value: unknown) => boolean;

/**
 * Whether `visit` answers true for anything that the path leads to, as MongoDB follows paths: through the objects of
 * lists, by place into lists, and, at its end, to a list as a whole and to each of its elements. Where an object
 * lacks the key, `MISSING` is visited; an empty list on the way leads nowhere at all.
 */
export function someAt(document: unknown, path: readonly string[], visit: Visit): boolean {
  return walk(document, path, 0, visit);
}
