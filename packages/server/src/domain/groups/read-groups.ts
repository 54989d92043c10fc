import { type Group, isId, type Page, type PageQuery } from '@kernelci/model';
import { notFound } from '../../errors.ts';
import { findGroupById, listGroups as listRows } from '../../store/groups.ts';
import type { Uses } from '../services.ts';

export async function listGroups(s: Uses<'db'>, query: PageQuery & { name?: string }): Promise<Page<Group>> {
  const { name, limit, offset } = query;
  const { rows, total } = await listRows(s.db.reader, { name, limit, offset });
  return { items: rows.map(({ id, name }) => ({ id, name })), total, limit, offset };
}

/** Throws `not_found` for unknown and malformed ids. */
export async function getGroup(s: Uses<'db'>, id: string): Promise<Group> {
  const group = isId(id) ? await findGroupById(s.db.reader, id) : undefined;
  if (group === undefined) throw notFound(`User group not found with id: ${id}`);
  return { id: group.id, name: group.name };
}
