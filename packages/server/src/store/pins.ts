import type { Selectable } from 'kysely';
import { count } from './count.ts';
import type { Executor, Tx } from './database.ts';
import type { PinTable } from './schema.ts';

export type PinRow = Selectable<PinTable>;

/** Waits until nobody purges or pins, and keeps others from doing so until the transaction ends. */
export async function lockRetention(tx: Tx): Promise<void> {
  await tx.dialect.lock(tx.sql.selectFrom('retention').select('id')).execute();
}

/** The same without waiting: false when somebody else does. */
export async function tryLockRetention(tx: Tx): Promise<boolean> {
  return (await tx.dialect.lockFree(tx.sql.selectFrom('retention').select('id')).execute()).length > 0;
}

export async function findPin(x: Executor, nodeId: string): Promise<PinRow | undefined> {
  return x.sql.selectFrom('pins').selectAll().where('node_id', '=', nodeId).executeTakeFirst();
}

/** Pins the node, or gives its pin this reason; who pinned it, and when, are new too. */
export async function storePin(tx: Tx, pin: Omit<PinRow, 'seq'>): Promise<void> {
  const { reason, username, created } = pin;
  await tx.sql
    .insertInto('pins')
    .values(pin)
    .onConflict((c) => c.column('node_id').doUpdateSet({ reason, username, created }))
    .execute();
}

export async function deletePin(tx: Tx, nodeId: string): Promise<void> {
  await tx.sql.deleteFrom('pins').where('node_id', '=', nodeId).execute();
}

/** Oldest first. */
export async function listPins(
  x: Executor,
  { limit, offset }: { limit: number; offset: number },
): Promise<{ rows: PinRow[]; total: number }> {
  const query = x.sql.selectFrom('pins');
  const rows = await query.selectAll().orderBy('seq').limit(limit).offset(offset).execute();
  return { rows, total: await count(query) };
}
