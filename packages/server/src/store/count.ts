import { type SelectQueryBuilder, sql } from 'kysely';

/** The number of rows that a query without selections finds. */
export async function count<DB, TB extends keyof DB>(
  query: SelectQueryBuilder<DB, TB, object>,
): Promise<number> {
  const counting = query.select(sql<number>`count(*)`.as('n')).$castTo<{ n: number }>();
  return Number((await counting.executeTakeFirstOrThrow()).n);
}
