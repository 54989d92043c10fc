import { createHash } from 'node:crypto';
import { DomainError } from '../../errors.ts';
import type { NodeOrder, Position } from '../../store/node-query/filter.ts';

/** The query that a cursor belongs to: the same conditions in the same order of nodes. */
export interface CursorQuery {
  conditions: Readonly<Record<string, string>>;
  order: NodeOrder;
}

const FINGERPRINT_LENGTH = 12;

function fingerprint({ conditions, order }: CursorQuery): string {
  const sorted = Object.entries(conditions).sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash('sha256').update(JSON.stringify([sorted, order.field, order.descending]));
  return hash.digest('base64url').slice(0, FINGERPRINT_LENGTH);
}

/** The text by which a client goes on behind the position. */
export function toCursor(query: CursorQuery, { seq, key }: Position): string {
  return Buffer.from(JSON.stringify([fingerprint(query), seq, key])).toString('base64url');
}

type Content = [print: string, seq: number, key: Position['key']];

function read(text: string): Content | undefined {
  try {
    const content: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return isContent(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

function isContent(content: unknown): content is Content {
  if (!Array.isArray(content) || content.length !== 3) return false;
  const [print, seq, key] = content;
  return typeof print === 'string' && Number.isSafeInteger(seq) && (key === null || isKey(key));
}

const isKey = (key: unknown): boolean =>
  Number.isSafeInteger(key) || (typeof key === 'string' && !key.includes('\0'));

/** The position that the text of `after=` stands for. Throws `bad_value` when it is none of this query. */
export function fromCursor(query: CursorQuery, text: string): Position {
  const content = read(text);
  if (content === undefined) throw new DomainError('bad_value', 'after: this is no cursor of this server');
  const [print, seq, key] = content;
  const isOfType = query.order.field === 'created' ? typeof key === 'number' : typeof key !== 'number';
  if (print !== fingerprint(query) || !isOfType) {
    throw new DomainError('bad_value', 'after: the cursor belongs to other conditions or another sort');
  }
  return { seq, key };
}
