import type { Reading } from './reading.ts';

/** Characters that are searched between two pauses. */
const PAUSE_AFTER = 50_000;

/** A test of things by their text. */
export interface Search<T> {
  passes(thing: T): boolean;
  /** In characters. */
  lengthOf(thing: T): number;
  /** What a character may take, in microseconds. */
  micros: number;
}

/** Those of the things that pass; others have their turn in between. */
export async function search<T>(reading: Reading, things: readonly T[], by: Search<T>): Promise<T[]> {
  const found: T[] = [];
  let characters = 0;
  for (const thing of things) {
    const length = by.lengthOf(thing);
    reading.expect(length * by.micros);
    if (by.passes(thing)) found.push(thing);
    characters += length;
    if (characters < PAUSE_AFTER) continue;
    characters = 0;
    await reading.pause();
  }
  return found;
}
