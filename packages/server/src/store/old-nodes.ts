import { sql } from 'kysely';
import type { Executor, Tx } from './database.ts';
import type { Tally } from './old-rows.ts';

export interface OldNode {
  seq: number;
  id: string;
  created: number;
}

/** Nodes of one kind from before the moment. */
export interface OldNodes {
  kind: string;
  before: number;
}

/** The ids of all pinned nodes and of those above them. */
const abovePins = sql<{ id: string }>`(
  with recursive above(id) as (
    select node_id from pins
    union
    select (select parent from nodes where id = above.id) from above where id is not null
  )
  select id from above where id is not null
)`;

/** The ids of all pinned nodes and of those below them. */
const belowPins = sql<{ id: string }>`(
  with recursive below(id) as (
    select node_id from pins
    union
    select nodes.id from below join nodes on nodes.parent = below.id
  )
  select id from below
)`;

const isKept = sql<boolean>`(nodes.id in ${abovePins} or nodes.id in ${belowPins})`;

/**
 * The next of them behind the given one, the oldest first; locked, without those that somebody else is changing.
 */
export async function lockOldNodes(
  tx: Tx,
  { kind, before }: OldNodes,
  after: OldNode | undefined,
  limit: number,
): Promise<OldNode[]> {
  let query = tx.sql
    .selectFrom('nodes')
    .select(['seq', 'id', 'created'])
    .where('kind', '=', kind)
    .where('created', '<', before);
  if (after !== undefined) {
    query = query.where((eb) => eb(eb.refTuple('created', 'seq'), '>', eb.tuple(after.created, after.seq)));
  }
  return tx.dialect.lockFree(query.orderBy('created').orderBy('seq').limit(limit)).execute();
}

/** Those of the nodes that a pin keeps: pinned themselves, or above or below a pinned one. */
export async function keptByPins(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  const hasPins = (await tx.sql.selectFrom('pins').select('seq').limit(1).execute()).length > 0;
  if (!hasPins || ids.length === 0) return new Set();
  const above = await tx.sql
    .selectFrom('nodes')
    .select('id')
    .where('id', 'in', ids)
    .where(sql<boolean>`nodes.id in ${abovePins}`)
    .execute();
  // Upwards from the few: a pinned tree may be large.
  const below = await sql<{ id: string }>`
    with recursive above(start, id) as (
      select nodes.id, nodes.id from nodes where nodes.id in (${sql.join(ids)})
      union
      select start, (select parent from nodes where id = above.id) from above where id is not null
    )
    select distinct start as id from above where id in (select node_id from pins)`.execute(tx.sql);
  return new Set([...above, ...below.rows].map(({ id }) => id));
}

/** Removes the nodes with their texts and their keys. */
export async function deleteNodes(tx: Tx, nodes: readonly OldNode[]): Promise<void> {
  if (nodes.length === 0) return;
  const seqs = nodes.map(({ seq }) => seq);
  const ids = nodes.map(({ id }) => id);
  await tx.sql.deleteFrom('nodes').where('seq', 'in', seqs).execute();
  await tx.sql.deleteFrom('node_docs').where('seq', 'in', seqs).execute();
  await tx.sql.deleteFrom('natural_keys').where('node_id', 'in', ids).execute();
}

/** Of the nodes that would go: those that pins keep are left out. */
export async function tallyOldNodes(x: Executor, { kind, before }: OldNodes): Promise<Tally> {
  return x.sql
    .selectFrom('nodes')
    .select((eb) => [
      sql<number>`count(*)`.as('number'),
      eb.fn.min('created').as('oldest'),
      eb.fn.max('created').as('newest'),
    ])
    .where('kind', '=', kind)
    .where('created', '<', before)
    .where(sql<boolean>`not ${isKept}`)
    .executeTakeFirstOrThrow();
}

/** How many of the nodes pins keep. */
export async function countKept(x: Executor, { kind, before }: OldNodes): Promise<number> {
  const row = await x.sql
    .selectFrom('nodes')
    .select(sql<number>`count(*)`.as('n'))
    .where('kind', '=', kind)
    .where('created', '<', before)
    .where(isKept)
    .executeTakeFirstOrThrow();
  return row.n;
}
