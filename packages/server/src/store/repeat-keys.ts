import type { Tx } from './database.ts';

export interface FirstAnswer {
  fingerprint: string;
  body: string;
}

/**
 * Takes the key for the request. When it is taken already, gives the first request's answer. A request that holds
 * it at this moment is waited for.
 */
export async function claimIdempotencyKey(
  tx: Tx,
  claim: { key: string; fingerprint: string; created: number },
): Promise<FirstAnswer | undefined> {
  const result = await tx.sql
    .insertInto('idempotency_keys')
    .values({ ...claim, body: '' })
    .onConflict((c) => c.column('key').doNothing())
    .executeTakeFirst();
  if (result.numInsertedOrUpdatedRows === 1n) return undefined;
  return tx.sql
    .selectFrom('idempotency_keys')
    .select(['fingerprint', 'body'])
    .where('key', '=', claim.key)
    .executeTakeFirstOrThrow();
}

export async function storeAnswer(tx: Tx, key: string, body: string): Promise<void> {
  await tx.sql.updateTable('idempotency_keys').set({ body }).where('key', '=', key).execute();
}

/** Takes the key for the node. When it is taken already, gives the id of the node that has it. */
export async function claimNaturalKey(tx: Tx, key: string, nodeId: string): Promise<string | undefined> {
  const result = await tx.sql
    .insertInto('natural_keys')
    .values({ key, node_id: nodeId })
    .onConflict((c) => c.column('key').doNothing())
    .executeTakeFirst();
  if (result.numInsertedOrUpdatedRows === 1n) return undefined;
  const row = await tx.sql
    .selectFrom('natural_keys')
    .select('node_id')
    .where('key', '=', key)
    .executeTakeFirstOrThrow();
  return row.node_id;
}
