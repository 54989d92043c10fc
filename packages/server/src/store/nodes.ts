import type { Selectable } from 'kysely';
import { compiled } from './compiled.ts';
import type { Executor, Tx } from './database.ts';
import type { BulkRow, BulkTable } from './dialect/dialect.ts';
import type { NodeTable } from './schema.ts';

export type NodeColumns = Omit<Selectable<NodeTable>, 'seq'>;

/** A node with its text, ready to be stored. */
export interface NodeToStore {
  columns: NodeColumns;
  doc: string;
}

export interface StoredNode {
  seq: number;
  revision: number;
  doc: string;
}

const NODES: BulkTable = {
  name: 'nodes',
  columns: [
    ['seq', 'bigint'],
    ...(['id', 'kind', 'state', 'result', 'name', 'group_name', 'owner', 'parent', 'treeid'] as const).map(
      (name) => [name, 'text'] as const,
    ),
    ...(['tree', 'branch', 'commit_hash', 'platform', 'runtime', 'arch', 'submitter'] as const).map(
      (name) => [name, 'text'] as const,
    ),
    ...(['created', 'updated', 'timeout', 'holdoff'] as const).map((name) => [name, 'bigint'] as const),
    ['processed', 'integer'],
    ['retry_counter', 'bigint'],
  ],
};

const DOCS: BulkTable = {
  name: 'node_docs',
  columns: [
    ['seq', 'bigint'],
    ['revision', 'integer'],
    ['doc', 'text'],
  ],
};

function toRow(seq: number, c: NodeColumns): BulkRow {
  return [
    ...[seq, c.id, c.kind, c.state, c.result, c.name, c.group_name, c.owner, c.parent, c.treeid],
    ...[c.tree, c.branch, c.commit_hash, c.platform, c.runtime, c.arch, c.submitter],
    ...[c.created, c.updated, c.timeout, c.holdoff, c.processed, c.retry_counter],
  ];
}

/** Stores new nodes, all in one go, in their order. */
export async function insertNodes(tx: Tx, nodes: readonly NodeToStore[]): Promise<void> {
  if (nodes.length === 0) return;
  const seqs = await tx.dialect.reserveSeqs(tx, 'nodes', nodes.length);
  const numbered = nodes.map((node, i) => ({ ...node, seq: seqs[i] as number }));
  await tx.dialect.insertRows(
    tx,
    NODES,
    numbered.map(({ seq, columns }) => toRow(seq, columns)),
  );
  await tx.dialect.insertRows(
    tx,
    DOCS,
    numbered.map(({ seq, doc }) => [seq, 1, doc]),
  );
}

const findDoc = compiled<Pick<StoredNode, 'revision' | 'doc'>, [string]>((sql) =>
  sql
    .selectFrom('node_docs')
    .select(['revision', 'doc'])
    .where('seq', '=', (eb) => eb.selectFrom('nodes').select('seq').where('id', '=', '')),
);

/** The node's text and revision; undefined when there is none of that id. */
export async function findNode(
  x: Executor,
  id: string,
): Promise<Pick<StoredNode, 'revision' | 'doc'> | undefined> {
  return (await findDoc(x, [id.toLowerCase()]))[0];
}

/** The node, kept from being changed by others until the transaction ends. */
export async function lockNode(tx: Tx, id: string): Promise<StoredNode | undefined> {
  const [node] = await lockNodes(tx, [id]);
  return node;
}

/** The nodes of the ids that exist, locked in the order of their insertion, so that nobody waits in a circle. */
export async function lockNodes(tx: Tx, ids: readonly string[]): Promise<Array<StoredNode & { id: string }>> {
  if (ids.length === 0) return [];
  const wanted = [...new Set(ids.map((id) => id.toLowerCase()))];
  const rows = tx.sql.selectFrom('nodes').select(['seq', 'id']).where('id', 'in', wanted).orderBy('seq');
  const locked = await tx.dialect.lock(rows).execute();
  if (locked.length === 0) return [];
  const seqs = locked.map(({ seq }) => seq);
  // Read after the lock is held: what another transaction committed meanwhile is seen.
  const docs = await tx.sql.selectFrom('node_docs').selectAll().where('seq', 'in', seqs).execute();
  const bySeq = new Map(docs.map((row) => [row.seq, row]));
  return locked.flatMap(({ seq, id }) => {
    const row = bySeq.get(seq);
    return row === undefined ? [] : [{ ...row, id }];
  });
}

/** Which of the ids belong to nodes. */
export async function existingNodes(x: Executor, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await x.sql.selectFrom('nodes').select('id').where('id', 'in', ids).execute();
  return new Set(rows.map(({ id }) => id));
}

/** A node that is locked, as it is to be. */
export interface NodeUpdate extends NodeToStore {
  seq: number;
  /** Its columns as they are. */
  before: NodeColumns;
  /** Its new revision. */
  revision: number;
}

/** Replaces the nodes' columns and texts, all in one go. */
export async function updateNodes(tx: Tx, updates: readonly NodeUpdate[]): Promise<void> {
  if (updates.length === 0) return;
  await tx.dialect.updateRows(
    tx,
    NODES,
    updates.map(({ seq, before, columns }) => ({ before: toRow(seq, before), after: toRow(seq, columns) })),
  );
  await tx.dialect.updateRows(
    tx,
    DOCS,
    updates.map(({ seq, revision, doc }) => ({ before: [seq], after: [seq, revision, doc] })),
  );
}

/** The texts of the nodes of those ids that exist, by id. */
export async function documentsOf(x: Executor, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await x.sql
    .selectFrom('nodes')
    .innerJoin('node_docs', 'node_docs.seq', 'nodes.seq')
    .select(['nodes.id', 'node_docs.doc'])
    .where('nodes.id', 'in', [...new Set(ids)])
    .execute();
  return new Map(rows.map(({ id, doc }) => [id, doc]));
}
