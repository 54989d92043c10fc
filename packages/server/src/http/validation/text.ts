import type { Problem } from '@kernelci/model';

type Place = Problem['loc'];

/** Far more than any document needs, and far less than what makes recursive code run out of stack. */
const DEPTH_MAX = 200;
const TEXT = 'Must not contain U+0000 or unpaired surrogates';
const DEPTH = `Must not be nested deeper than ${DEPTH_MAX} levels`;

interface Found {
  /** From the value that was searched. */
  place: Place;
  msg: string;
}

const isBad = (text: string): boolean => text.includes('\0') || !text.isWellFormed();

const within = (key: string | number, found: Found): Found => ({ ...found, place: [key, ...found.place] });

function findIn(value: unknown, depth: number): Found | undefined {
  if (typeof value === 'string') return isBad(value) ? { place: [], msg: TEXT } : undefined;
  if (value === null || typeof value !== 'object') return undefined;
  if (depth > DEPTH_MAX) return { place: [], msg: DEPTH };
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) {
      const found = findIn(value[i], depth + 1);
      if (found) return within(i, found);
    }
    return undefined;
  }
  const fields = value as Record<string, unknown>;
  for (const key of Object.keys(fields)) {
    if (isBad(key)) return { place: [], msg: TEXT };
    const found = findIn(fields[key], depth + 1);
    if (found) return within(key, found);
  }
  return undefined;
}

/**
 * The first thing that no database may be asked to keep: text with U+0000, or with half of a surrogate pair, which
 * would be altered silently; or values nested without measure. Undefined when all is well.
 */
export function unstorable(value: unknown, part: 'body' | 'query' | 'path'): Problem | undefined {
  const found = findIn(value, 1);
  if (found === undefined) return undefined;
  const place = found.msg === DEPTH ? found.place.slice(0, 1) : found.place;
  return { type: 'value_error', loc: [part, ...place], msg: found.msg, input: null };
}
