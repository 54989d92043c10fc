import { type SelectQueryBuilder, sql } from 'kysely';
import type { Executor, Tx } from './database.ts';
import type { StoredNode } from './nodes.ts';
import type { Schema } from './schema.ts';

type NodeSelection = SelectQueryBuilder<Schema, 'nodes', object>;

// Written out, as the partial indexes have them: neither engine proves anything about a parameter.
const IS_OPEN = sql<boolean>`nodes.state <> 'done'`;
const IS_HELD = sql<boolean>`nodes.state = 'available' and nodes.state <> 'done' and nodes.holdoff is not null`;
const IS_CLOSING = sql<boolean>`nodes.state = 'closing'`;

/** Closing nodes looked at in one statement. */
const PAGE = 1000;

const timedOut = (x: Executor, now: number): NodeSelection =>
  x.sql.selectFrom('nodes').where(IS_OPEN).where('timeout', '<=', now).orderBy('timeout');

const released = (x: Executor, now: number): NodeSelection =>
  x.sql.selectFrom('nodes').where(IS_HELD).where('holdoff', '<=', now).orderBy('holdoff');

/**
 * Those of the nodes with one below them, at any depth, that is not done. It goes up from the nodes that are not done,
 * which are few, rather than down through trees that are large. Each parent is looked up by itself, and the ids are
 * given: a planner who expects more rows than there are would read the whole table.
 */
export async function withOpenBelow(x: Executor, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    with recursive above(id) as (
      select parent from nodes where state <> 'done'
      union
      select (select parent from nodes where id = above.id) from above where id is not null
    )
    select id from above where id in (${sql.join(ids)})`.execute(x.sql);
  return new Set(rows.map(({ id }) => id));
}

/** The numbers of closing nodes with nothing open below them, up to `limit`. */
async function closable(x: Executor, limit: number): Promise<number[]> {
  const found: number[] = [];
  for (let after = 0; found.length < limit; ) {
    const query = x.sql.selectFrom('nodes').select(['seq', 'id']).where(IS_CLOSING);
    const page = await query.where('seq', '>', after).orderBy('seq').limit(PAGE).execute();
    const ids = page.map(({ id }) => id);
    const waiting = await withOpenBelow(x, ids);
    found.push(...page.filter(({ id }) => !waiting.has(id)).map(({ seq }) => seq));
    const last = page[PAGE - 1];
    if (last === undefined) break;
    after = last.seq;
  }
  return found.slice(0, limit);
}

/** A choice of nodes whose moment has come: whether there are any, and some of them for changing. */
export interface DueNodes {
  any(x: Executor, now: number): Promise<boolean>;
  /** Locked until the transaction ends; those that somebody else is changing are left for the next time. */
  lock(tx: Tx, now: number, limit: number): Promise<StoredNode[]>;
}

async function lockDocuments(tx: Tx, query: NodeSelection): Promise<StoredNode[]> {
  const locked = await tx.dialect.lockFree(query.select('seq')).execute();
  const seqs = locked.map(({ seq }) => seq);
  if (seqs.length === 0) return [];
  // Read after the lock is held: what another transaction committed meanwhile is seen.
  return tx.sql.selectFrom('node_docs').selectAll().where('seq', 'in', seqs).orderBy('seq').execute();
}

const dueNodes = (select: (x: Executor, now: number) => NodeSelection): DueNodes => ({
  any: async (x, now) => (await select(x, now).select('seq').limit(1).execute()).length > 0,
  lock: (tx, now, limit) => lockDocuments(tx, select(tx, now).limit(limit)),
});

/** Not done, though their timeout has passed. */
export const timedOutNodes = dueNodes(timedOut);
/** Available, though their holdoff has passed. */
export const releasedNodes = dueNodes(released);
/** Closing, though nothing below them is open any more. */
export const closableNodes: DueNodes = {
  any: async (x) => (await closable(x, 1)).length > 0,
  lock: async (tx, _, limit) => {
    const seqs = await closable(tx, limit);
    if (seqs.length === 0) return [];
    return lockDocuments(tx, tx.sql.selectFrom('nodes').where(IS_CLOSING).where('seq', 'in', seqs));
  },
};

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
