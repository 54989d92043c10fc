import { isId, toApiTime } from '@kernelci/model';
import { Binary, BSONValue, deserialize } from 'bson';
import { readTime } from '../../domain/nodes/times.ts';

/** A document cannot be taken; the message says why, the same for all of its sort. */
export class LeftOut extends Error {
  override readonly name = 'LeftOut';
}

export type Fields = Record<string, unknown>;

/** Behind the document's length: its first field's type. */
const TYPE_AT = 4;
const OBJECT_ID = 7;
const ID_NAME = '_id\0';
const NAME_AT = 5;
const ID_AT = 9;
const ID_END = 21;
const EARLIEST = Date.parse('0001-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');
const ESCAPED_NUL = /(?<!\\)(?:\\\\)*\\u0000/;

/** The document's fields; throws `LeftOut` when its bytes are no document. */
export function fieldsOf(document: Buffer): Fields {
  try {
    return deserialize(document);
  } catch (error) {
    throw new LeftOut(`it cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

/** The id of a document that begins with one as the database writes it; undefined for all others. */
export function quickId(document: Buffer): string | undefined {
  const plain = document[TYPE_AT] === OBJECT_ID && document.toString('latin1', NAME_AT, ID_AT) === ID_NAME;
  return plain && document.length > ID_END ? document.toString('hex', ID_AT, ID_END) : undefined;
}

/** An id that may be stored as such or as text; null when it is neither. */
export function idFrom(value: unknown): string | null {
  if (value instanceof BSONValue && value._bsontype === 'ObjectId') return value.toString();
  return typeof value === 'string' && isId(value) ? value.toLowerCase() : null;
}

/** The id of a document of the existing server, which has it under one or both of two names. */
export function ownId(fields: Fields): string {
  const id = idFrom(fields._id) ?? idFrom(fields.id);
  if (id === null) throw new LeftOut('it has no id');
  return id;
}

/** When an id was made, epoch milliseconds. */
export const madeAt = (id: string): number => Number.parseInt(id.slice(0, 8), 16) * 1000;

export function text(fields: Fields, name: string): string | null {
  const value = fields[name];
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value;
  const id = idFrom(value);
  if (id !== null) return id;
  throw new LeftOut(`its ${name} is no text`);
}

export function flag(fields: Fields, name: string): boolean {
  return fields[name] === true || fields[name] === 1;
}

/** Epoch milliseconds; undefined when the field is absent. Throws `LeftOut` for what is no date. */
export function date(fields: Fields, name: string): number | null | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return value;
  const time =
    value instanceof Date
      ? value.getTime()
      : typeof value === 'string' || typeof value === 'number'
        ? readTime(value)
        : Number.NaN;
  if (time !== undefined && time >= EARLIEST && time <= LATEST) return time;
  throw new LeftOut(`its ${name} is no date of the years 1 to 9999`);
}

/** Throws `LeftOut` for JSON that a database of ours cannot hold. */
export function storable(json: string): string {
  if (json.includes('\\u0000') && ESCAPED_NUL.test(json)) throw new LeftOut('it holds the character U+0000');
  return json;
}

/** The value as reads of the existing server give it. */
export function plain(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Date) return toApiTime(date({ date: value }, 'date') ?? 0);
  if (value instanceof RegExp) return value.source;
  if (value instanceof BSONValue) return plainBson(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

function plainBson(value: BSONValue): unknown {
  const { _bsontype: type } = value;
  if (type === 'Long' || type === 'Double' || type === 'Int32') return plain(Number(value.toString()));
  if (value instanceof Binary)
    return value.sub_type === 4 ? value.toUUID().toString() : Buffer.from(value.buffer).toString('base64');
  return type === 'MinKey' || type === 'MaxKey' ? null : String(value.toString());
}
