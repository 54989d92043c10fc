import { type SelectQueryBuilder, sql } from 'kysely';
import type { Executor, Tx } from './database.ts';
import type { StoredNode } from './nodes.ts';
import type { NodeTable, Schema } from './schema.ts';

type NodeSelection = SelectQueryBuilder<Schema, 'nodes', object>;

// Written out, as the partial indexes have them: neither engine proves anything about a parameter.
const IS_OPEN = sql<boolean>`nodes.state <> 'done'`;
const IS_HELD = sql<boolean>`nodes.state = 'available' and nodes.state <> 'done' and nodes.holdoff is not null`;
const IS_CLOSING = sql<boolean>`nodes.state = 'closing'`;

/**
 * The ids of all nodes with one below them, at any depth, that is not done. It goes up from the nodes that are not
 * done, which are few, rather than down through trees that are large.
 */
const openBelow = sql<{ id: string }>`(
  with recursive above(id) as (
    select parent from nodes where state <> 'done'
    union
    select nodes.parent from above join nodes on nodes.id = above.id
  )
  select id from above where id is not null
)`;

const timedOut = (x: Executor, now: number): NodeSelection =>
  x.sql.selectFrom('nodes').where(IS_OPEN).where('timeout', '<=', now).orderBy('timeout');

const released = (x: Executor, now: number): NodeSelection =>
  x.sql.selectFrom('nodes').where(IS_HELD).where('holdoff', '<=', now).orderBy('holdoff');

const closable = (x: Executor): NodeSelection =>
  x.sql
    .selectFrom('nodes')
    .where(IS_CLOSING)
    .where(sql<boolean>`nodes.id not in ${openBelow}`)
    .orderBy('seq');

/** A choice of nodes whose moment has come: whether there are any, and some of them for changing. */
export interface DueNodes {
  any(x: Executor, now: number): Promise<boolean>;
  /** Locked until the transaction ends; those that somebody else is changing are left for the next time. */
  lock(tx: Tx, now: number, limit: number): Promise<StoredNode[]>;
}

function dueNodes(select: (x: Executor, now: number) => NodeSelection): DueNodes {
  return {
    any: async (x, now) => (await select(x, now).select('seq').limit(1).execute()).length > 0,
    lock: async (tx, now, limit) => {
      const query = select(tx, now).select('seq').limit(limit);
      const seqs = (await tx.dialect.lockFree(query).execute()).map(({ seq }) => seq);
      if (seqs.length === 0) return [];
      // Read after the lock is held: what another transaction committed meanwhile is seen.
      return tx.sql.selectFrom('node_docs').selectAll().where('seq', 'in', seqs).orderBy('seq').execute();
    },
  };
}

/** Not done, though their timeout has passed. */
export const timedOutNodes = dueNodes(timedOut);
/** Available, though their holdoff has passed. */
export const releasedNodes = dueNodes(released);
/** Closing, though nothing below them is open any more. */
export const closableNodes = dueNodes(closable);

/** Those of the nodes with one below them, at any depth, that is not done. */
export async function withOpenBelow(x: Executor, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await x.sql
    .selectFrom('nodes')
    .select('id')
    .where('id', 'in', ids)
    .where(sql<boolean>`nodes.id in ${openBelow}`)
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** The next moment at which a node's timeout or holdoff passes, also when that was long ago; null when there is none. */
export async function nextDue(x: Executor): Promise<number | null> {
  const rows = await Promise.all([
    x.sql
      .selectFrom('nodes')
      .select((eb) => eb.fn.min('timeout').as('due'))
      .where(IS_OPEN)
      .execute(),
    x.sql
      .selectFrom('nodes')
      .select((eb) => eb.fn.min('holdoff').as('due'))
      .where(IS_HELD)
      .execute(),
  ]);
  const dues = rows.flatMap(([row]) => (row?.due == null ? [] : [row.due]));
  return dues.length === 0 ? null : Math.min(...dues);
}

/** What the passing of time changes of a node. */
export interface StateChange {
  seq: number;
  columns: Pick<NodeTable, 'state' | 'result' | 'updated' | 'processed'>;
  doc: string;
}

const groupKey = ({ columns }: StateChange) => JSON.stringify(columns);

/** Changes the nodes, all in one go; their revisions grow. */
export async function changeStates(tx: Tx, changes: readonly StateChange[]): Promise<void> {
  for (const group of Map.groupBy(changes, groupKey).values()) {
    const [first] = group;
    if (first === undefined) continue;
    const seqs = group.map(({ seq }) => seq);
    await tx.sql.updateTable('nodes').set(first.columns).where('seq', 'in', seqs).execute();
  }
  if (changes.length === 0) return;
  await tx.sql
    .insertInto('node_docs')
    .values(changes.map(({ seq, doc }) => ({ seq, doc, revision: 1 })))
    .onConflict((c) =>
      c.column('seq').doUpdateSet((eb) => ({
        doc: eb.ref('excluded.doc'),
        revision: eb('node_docs.revision', '+', 1),
      })),
    )
    .execute();
}
