import { type Static, Type } from 'typebox';
import { Id, LineText, Page } from './common.ts';

export const GROUP_NAME_MAX = 256;

export const Group = Type.Object({ id: Id, name: Type.String() });
export type Group = Static<typeof Group>;
/** The answer to a creation: its key order differs from that of reads, as today's server has it. */
export const CreatedGroup = Type.Object({ name: Type.String(), id: Id });
export const GroupPage = Page(Group);
export const GroupBody = Type.Object({ name: LineText(GROUP_NAME_MAX, 'name of the group') });
