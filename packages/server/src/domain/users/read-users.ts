import { isId, type Page, type PageQuery, type User } from '@kernelci/model';
import { notFound } from '../../errors.ts';
import { findUserByName, listUserRows } from '../../store/users.ts';
import { loadAccount } from '../access/account-view.ts';
import type { Uses } from '../services.ts';
import type { UserFilter } from './user-filter.ts';
import { toUser, toUsers } from './user-view.ts';

/** Throws `not_found` for unknown and malformed ids. */
export async function getUser(s: Uses<'db'>, id: string): Promise<User> {
  const account = isId(id) ? await loadAccount(s.db.reader, id.toLowerCase()) : undefined;
  if (account === undefined) throw notFound();
  return toUser(account);
}

/**
 * The users that match, in the order of their creation. There are hundreds of them, not millions, so the filter
 * runs here and its answers cannot differ between engines.
 */
export async function listUsers(s: Uses<'db'>, filter: UserFilter, page: PageQuery): Promise<Page<User>> {
  const { limit, offset } = page;
  const named =
    filter.username === undefined ? undefined : await findUserByName(s.db.reader, filter.username);
  const rows = filter.username === undefined ? await listUserRows(s.db.reader) : named ? [named] : [];
  const users = (await toUsers(s.db.reader, rows)).filter(filter.matches);
  return { items: users.slice(offset, offset + limit), total: users.length, limit, offset };
}
