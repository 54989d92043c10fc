import type { Insertable, Selectable, Updateable } from 'kysely';
import type { Executor, Tx } from './database.ts';
import type { UserTable } from './schema.ts';

export type UserRow = Selectable<UserTable>;

/** How addresses are compared: no two accounts differ by case alone. */
export const emailKey = (email: string): string => email.toLowerCase();

export async function findUserById(x: Executor, id: string): Promise<UserRow | undefined> {
  return x.sql.selectFrom('users').selectAll().where('id', '=', id.toLowerCase()).executeTakeFirst();
}

export async function findUserByName(x: Executor, username: string): Promise<UserRow | undefined> {
  return x.sql.selectFrom('users').selectAll().where('username', '=', username).executeTakeFirst();
}

export async function findUserByEmail(x: Executor, email: string): Promise<UserRow | undefined> {
  return x.sql.selectFrom('users').selectAll().where('email_key', '=', emailKey(email)).executeTakeFirst();
}

/** The user's row, kept from being changed by others until the transaction ends. */
export async function lockUser(tx: Tx, id: string): Promise<UserRow | undefined> {
  const query = tx.sql.selectFrom('users').selectAll().where('id', '=', id.toLowerCase());
  return tx.dialect.lock(query).executeTakeFirst();
}

export async function insertUser(tx: Tx, row: Insertable<UserTable>): Promise<void> {
  await tx.sql.insertInto('users').values(row).execute();
}

export async function updateUser(tx: Tx, id: string, changes: Updateable<UserTable>): Promise<void> {
  await tx.sql.updateTable('users').set(changes).where('id', '=', id).execute();
}

/** Replaces the hash when it is still the one that was verified. */
export async function upgradeHash(tx: Tx, id: string, from: string, to: string): Promise<void> {
  await tx.sql
    .updateTable('users')
    .set({ hashed_password: to })
    .where('id', '=', id)
    .where('hashed_password', '=', from)
    .execute();
}

export async function deleteUser(tx: Tx, id: string): Promise<void> {
  await tx.sql.deleteFrom('users').where('id', '=', id).execute();
}

/** How many active users have admin rights: superusers and members of the group. */
export async function countAdmins(x: Executor, adminGroup: string): Promise<number> {
  const row = await x.sql
    .selectFrom('users')
    .where('is_active', '=', 1)
    .where((eb) =>
      eb.or([
        eb('is_superuser', '=', 1),
        eb.exists(
          eb
            .selectFrom('memberships')
            .innerJoin('groups', 'groups.id', 'memberships.group_id')
            .whereRef('memberships.user_id', '=', 'users.id')
            .where('groups.name', '=', adminGroup)
            .select('groups.id'),
        ),
      ]),
    )
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

/** Every user, in the order of creation. */
export async function listUserRows(x: Executor): Promise<UserRow[]> {
  return x.sql.selectFrom('users').selectAll().orderBy('seq').execute();
}
