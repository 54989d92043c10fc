import type { Problem } from '@kernelci/model';

type Place = Problem['loc'];

const isBad = (text: string): boolean => text.includes('\0') || !text.isWellFormed();

function findIn(value: unknown, loc: Place): Place | undefined {
  if (typeof value === 'string') return isBad(value) ? loc : undefined;
  if (value === null || typeof value !== 'object') return undefined;
  for (const [key, item] of Object.entries(value)) {
    const place = [...loc, Array.isArray(value) ? Number(key) : key];
    const found = isBad(key) ? loc : findIn(item, place);
    if (found) return found;
  }
  return undefined;
}

/**
 * The first text that no database may be asked to keep: with U+0000, or with half of a surrogate pair, which would
 * be altered silently. Undefined when all is well.
 */
export function unstorableText(value: unknown, part: 'body' | 'query' | 'path'): Problem | undefined {
  const loc = findIn(value, [part]);
  if (loc === undefined) return undefined;
  return { type: 'value_error', loc, msg: 'Must not contain U+0000 or unpaired surrogates', input: null };
}
