import { type Static, Type } from 'typebox';
import { Id, LineText, Page, Time } from './common.ts';

const OrNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const PinBody = Type.Object({
  pinned: Type.Boolean({ description: 'false takes the pin away' }),
  reason: Type.Optional(OrNull(LineText(1000, 'why the node is kept'))),
});
export type PinBody = Static<typeof PinBody>;

/** Whether a node is pinned: kept, with all that is above and below it, however old it grows. */
export const Pin = Type.Object({
  node_id: Id,
  pinned: Type.Boolean(),
  reason: OrNull(Type.String()),
  user: OrNull(Type.String({ description: 'who pinned it last' })),
  created: OrNull(Time),
});
export type Pin = Static<typeof Pin>;
export const PinPage = Page(Pin);
