import assert from 'node:assert/strict';
import { CHANNEL } from './mark.ts';
import type { Publisher } from './publisher.ts';
import type { Reader } from './readers/reader.ts';

const isNode = (mark: string) => mark.includes(':');

/** The part of the log that the reader is told. */
export const partOf = (log: readonly string[], channel: string | undefined): string[] =>
  channel === undefined ? [...log] : log.filter((mark) => isNode(mark) !== (channel === CHANNEL));

const some = (marks: readonly string[]) => `${marks.slice(0, 5).join(' ')} (${marks.length})`;

export function missing(log: readonly string[], heard: Iterable<string>): string[] {
  const known = new Set(heard);
  return log.filter((mark) => !known.has(mark));
}

/** What was acknowledged is in the log, once, in the publisher's order. */
export function checkPublisher(log: readonly string[], { name, acknowledged }: Publisher): void {
  assert.ok(acknowledged.length > 0, `nothing was acknowledged to ${name}`);
  const known = new Set(acknowledged);
  assert.deepEqual(
    log.filter((mark) => known.has(mark)),
    acknowledged,
    name,
  );
}

/** The reader heard what it may count on. */
export function checkReader(log: readonly string[], reader: Reader): void {
  const { name, heard, guarantee, failures } = reader;
  const part = partOf(log, guarantee.channel);
  const first = [...new Set(heard)];
  const unknown = missing(first, part);
  assert.equal(unknown.length, 0, `${name} heard what is not in the log: ${some(unknown)}`);
  const lost = guarantee.complete ? missing(part, first) : [];
  assert.equal(lost.length, 0, `${name} never heard ${some(lost)}`);
  if (guarantee.ordered) {
    const known = new Set(first);
    const wrong = part.filter((mark) => known.has(mark)).findIndex((mark, at) => mark !== first[at]);
    assert.equal(wrong, -1, `${name} heard ${some(first.slice(Math.max(0, wrong)))} out of order`);
  }
  const repeats = heard.length - first.length;
  const mayRepeat = guarantee.again === 'always' || (guarantee.again === 'after failures' && failures > 0);
  assert.ok(mayRepeat || repeats === 0, `${name} heard ${repeats} again, with ${failures} failures`);
}
