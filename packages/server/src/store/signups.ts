import type { Insertable, Selectable } from 'kysely';
import { count } from './count.ts';
import type { Executor, Tx } from './database.ts';
import type { SignupTable } from './schema.ts';

export type SignupRow = Selectable<SignupTable>;

export async function insertSignup(tx: Tx, row: Insertable<SignupTable>): Promise<void> {
  await tx.sql.insertInto('signups').values(row).execute();
}

/** The request's row, kept from being decided by others until the transaction ends. */
export async function lockSignup(tx: Tx, id: string): Promise<SignupRow | undefined> {
  const query = tx.sql.selectFrom('signups').selectAll().where('id', '=', id.toLowerCase());
  return tx.dialect.lock(query).executeTakeFirst();
}

/** The undecided requests for the name or the address. */
export async function findPending(x: Executor, username: string, emailKey: string): Promise<SignupRow[]> {
  return x.sql
    .selectFrom('signups')
    .selectAll()
    .where('state', '=', 'pending')
    .where((eb) => eb.or([eb('username', '=', username), eb('email_key', '=', emailKey)]))
    .execute();
}

export async function countPending(x: Executor): Promise<number> {
  return count(x.sql.selectFrom('signups').where('state', '=', 'pending'));
}

/** Records the decision and forgets the password hash, which only a pending request needs. */
export async function decideSignup(
  tx: Tx,
  id: string,
  decision: { state: 'approved' | 'rejected'; decided: number; decided_by: string },
): Promise<void> {
  await tx.sql
    .updateTable('signups')
    .set({ ...decision, hashed_password: '' })
    .where('id', '=', id)
    .execute();
}

export async function listSignups(
  x: Executor,
  filter: { state?: SignupRow['state'] | undefined; limit: number; offset: number },
): Promise<{ rows: SignupRow[]; total: number }> {
  let query = x.sql.selectFrom('signups');
  if (filter.state !== undefined) query = query.where('state', '=', filter.state);
  const rows = await query.selectAll().orderBy('seq').limit(filter.limit).offset(filter.offset).execute();
  return { rows, total: await count(query) };
}
