import type { Executor, Tx } from './database.ts';

export interface ListItem {
  seq: number;
  /** A CloudEvent, JSON. */
  event: string;
}

export async function insertItem(tx: Tx, list: string, event: string): Promise<void> {
  await tx.sql.insertInto('list_items').values({ list, event, taken_until: 0 }).execute();
  tx.wake('lists');
}

/** Takes the oldest free item of the list until the moment; undefined when there is none. */
export async function takeItem(
  tx: Tx,
  list: string,
  times: { now: number; until: number },
): Promise<ListItem | undefined> {
  const free = tx.sql
    .selectFrom('list_items')
    .select(['seq', 'event'])
    .where('list', '=', list)
    .where('taken_until', '<=', times.now)
    .orderBy('seq')
    .limit(1);
  const item = await tx.dialect.lockFree(free).executeTakeFirst();
  if (item === undefined) return undefined;
  await tx.sql
    .updateTable('list_items')
    .set({ taken_until: times.until })
    .where('seq', '=', item.seq)
    .execute();
  return item;
}

/** The item that is taken stays so until the moment. */
export async function takeItemLonger(tx: Tx, seq: number, until: number): Promise<void> {
  await tx.sql
    .updateTable('list_items')
    .set({ taken_until: until })
    .where('seq', '=', seq)
    .where('taken_until', '>', 0)
    .execute();
}

/** The item has been handed over. */
export async function deleteItem(tx: Tx, seq: number): Promise<void> {
  await tx.sql.deleteFrom('list_items').where('seq', '=', seq).execute();
}

/** Gives the item back: the next one to ask gets it. */
export async function freeItem(tx: Tx, seq: number): Promise<void> {
  await tx.sql.updateTable('list_items').set({ taken_until: 0 }).where('seq', '=', seq).execute();
  tx.wake('lists');
}

/** Whether the list has an item that is free. */
export async function hasFreeItem(x: Executor, list: string, now: number): Promise<boolean> {
  const row = await x.sql
    .selectFrom('list_items')
    .select('seq')
    .where('list', '=', list)
    .where('taken_until', '<=', now)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The lists with the most items, taken ones included. */
export async function longestLists(
  x: Executor,
  limit: number,
): Promise<Array<{ list: string; items: number }>> {
  const rows = await x.sql
    .selectFrom('list_items')
    .select((eb) => ['list', eb.fn.countAll<number>().as('items')])
    .groupBy('list')
    .orderBy('items', 'desc')
    .orderBy('list')
    .limit(limit)
    .execute();
  return rows.map(({ list, items }) => ({ list, items: Number(items) }));
}
