import type { Executor, Tx } from './database.ts';

export async function readSetting(x: Executor, key: string): Promise<string | undefined> {
  const row = await x.sql.selectFrom('settings').select('value').where('key', '=', key).executeTakeFirst();
  return row?.value;
}

export async function writeSetting(tx: Tx, key: string, value: string): Promise<void> {
  await tx.sql
    .insertInto('settings')
    .values({ key, value })
    .onConflict((c) => c.column('key').doUpdateSet({ value }))
    .execute();
}
