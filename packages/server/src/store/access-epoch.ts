import type { Executor, Tx } from './database.ts';

/**
 * Tells every instance that users, groups or tokens changed. The counter's row stays locked until the commit, so
 * the order of the numbers is the order of the commits, and who reads a number sees all that it stands for.
 */
export async function bumpAccessEpoch(tx: Tx): Promise<void> {
  await tx.sql
    .updateTable('access_epoch')
    .set((eb) => ({ epoch: eb('epoch', '+', 1) }))
    .execute();
  tx.wake('access');
}

export async function readAccessEpoch(x: Executor): Promise<number> {
  const row = await x.sql.selectFrom('access_epoch').select('epoch').executeTakeFirstOrThrow();
  return row.epoch;
}
