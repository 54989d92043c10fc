import type { Executor, Tx } from './database.ts';

/** The value of the key; undefined when there is none. */
export async function findValue(x: Executor, namespace: string, key: string): Promise<string | undefined> {
  const row = await x.sql
    .selectFrom('key_values')
    .select('value')
    .where('namespace', '=', namespace)
    .where('key', '=', key)
    .executeTakeFirst();
  return row?.value;
}

export async function putValue(tx: Tx, namespace: string, key: string, value: string): Promise<void> {
  await tx.sql
    .insertInto('key_values')
    .values({ namespace, key, value })
    .onConflict((c) => c.columns(['namespace', 'key']).doUpdateSet({ value }))
    .execute();
}

export async function deleteValue(tx: Tx, namespace: string, key: string): Promise<void> {
  await tx.sql.deleteFrom('key_values').where('namespace', '=', namespace).where('key', '=', key).execute();
}
