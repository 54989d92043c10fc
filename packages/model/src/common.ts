import { type Static, type TObject, type TSchema, Type } from 'typebox';

/** A boolean that also takes what today's clients send: 0, 1 and their usual spellings as text. */
export const LooseBoolean = (options: { default?: boolean; description?: string } = {}) =>
  Type.Unsafe<boolean>({ type: ['boolean', 'integer', 'string'], looseBoolean: true, ...options });

/** Text that may be shown on one line: no control characters, no blanks at its ends. */
export const LineText = (maxLength: number, description: string) =>
  Type.String({
    minLength: 1,
    maxLength,
    pattern: '^(?! )[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029\\ud800-\\udfff]*(?<! )$',
    description,
  });

export const Id = Type.String({ pattern: '^[0-9a-fA-F]{24}$', description: '24 hexadecimal digits' });
export const Time = Type.String({
  description: 'UTC without a zone, microseconds (`2026-11-23T22:59:09.615000`)',
});

export const PageQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, default: 50 }),
  offset: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 }),
});
export type PageQuery = Static<typeof PageQuery>;

/** The envelope of every list: one page of items and the number of all that match. */
export const Page = <T extends TSchema>(items: T) =>
  Type.Object({
    items: Type.Array(items),
    total: Type.Integer(),
    limit: Type.Integer(),
    offset: Type.Integer(),
  });
export type Page<T> = { items: T[]; total: number; limit: number; offset: number };

export const ErrorBody = Type.Object({ detail: Type.String() });
export type ErrorBody = Static<typeof ErrorBody>;

export const Problem = Type.Object({
  type: Type.String(),
  loc: Type.Array(Type.Union([Type.String(), Type.Integer()])),
  msg: Type.String(),
  input: Type.Optional(Type.Unknown()),
  ctx: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});
export type Problem = Static<typeof Problem>;
export const ValidationErrorBody = Type.Object({ detail: Type.Array(Problem) });

/** Query parameters of a list that takes filters beside its paging. */
export const filterable = <T extends TObject>(known: T) =>
  Type.Object(known.properties as T['properties'], { additionalProperties: Type.String() });
