import { sql } from 'kysely';
import type { SchemaStep } from './schema-step.ts';

const LONG = 'bigint';

type Db = Parameters<SchemaStep>[0];
type Engine = Parameters<SchemaStep>[1];

/**
 * Fields that nodes are looked up by. The index of each has the kind and the creation time behind the value: the
 * field alone (one range for each kind, merged), the field with a kind, their exact totals and the order of creation
 * are all read from it without touching a row.
 */
const FIELDS = [
  ...['state', 'result', 'name', 'group_name', 'owner', 'parent', 'treeid'],
  ...['tree', 'branch', 'commit_hash', 'platform', 'runtime', 'arch'],
];

async function createNodeTable(db: Db, dialect: Engine): Promise<void> {
  let table = db.schema
    .createTable('nodes')
    .addColumn('seq', dialect.serialType, (c) => dialect.plainSerial(c))
    .addColumn('id', dialect.byteText, (c) => c.notNull())
    .addColumn('kind', dialect.byteText, (c) => c.notNull());
  for (const column of [...FIELDS, 'submitter']) table = table.addColumn(column, dialect.byteText);
  await table
    .addColumn('created', LONG, (c) => c.notNull())
    .addColumn('updated', LONG, (c) => c.notNull())
    .addColumn('timeout', LONG)
    .addColumn('holdoff', LONG)
    .addColumn('processed', 'integer', (c) => c.notNull())
    .addColumn('retry_counter', LONG, (c) => c.notNull())
    .execute();
  await db.schema.createIndex('uq__nodes__id').on('nodes').column('id').unique().execute();
  const index = (name: string, columns: string[]) =>
    db.schema
      .createIndex(`nodes_by_${name}`)
      .on('nodes')
      .columns([...columns, ...dialect.coveringTail])
      .execute();
  for (const field of FIELDS) await index(field, [field, 'kind', 'created']);
  await index('kind', ['kind', 'created']);
  await index('created', ['created']);
}

/** What reads return, kept apart from the narrow rows so that scanning those stays cheap. */
async function createDocumentTable(db: Db, dialect: Engine): Promise<void> {
  await db.schema
    .createTable('node_docs')
    .addColumn('seq', dialect.serialType, (c) => c.primaryKey())
    .addColumn('revision', 'integer', (c) => c.notNull())
    .addColumn('doc', 'text', (c) => c.notNull())
    .execute();
}

async function createEventTable(db: Db, dialect: Engine): Promise<void> {
  await db.schema
    .createTable('events')
    // Never given twice, also when retention has removed the last entries: readers keep these numbers.
    .addColumn('seq', dialect.serialType, (c) => dialect.serial(c))
    .addColumn('id', dialect.byteText, (c) => c.notNull())
    .addColumn('time', LONG, (c) => c.notNull())
    .addColumn('channel', dialect.byteText, (c) => c.notNull())
    .addColumn('owner', dialect.byteText)
    .addColumn('node_id', dialect.byteText)
    .addColumn('listed', 'integer', (c) => c.notNull())
    .addColumn('data', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('events_by_node')
    .on('events')
    .column('node_id')
    .where(sql.ref('node_id'), 'is not', null)
    .execute();
}

/** First answers to requests that may be repeated, and the keys under which nodes exist once. */
async function createRepeatTables(db: Db, dialect: Engine): Promise<void> {
  await db.schema
    .createTable('idempotency_keys')
    .addColumn('key', dialect.byteText, (c) => c.primaryKey())
    .addColumn('created', LONG, (c) => c.notNull())
    .addColumn('fingerprint', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('idempotency_keys_by_created')
    .on('idempotency_keys')
    .column('created')
    .execute();
  await db.schema
    .createTable('natural_keys')
    .addColumn('key', dialect.byteText, (c) => c.primaryKey())
    .addColumn('node_id', dialect.byteText, (c) => c.notNull())
    .execute();
  await db.schema.createIndex('natural_keys_by_node').on('natural_keys').column('node_id').execute();
}

/** The tree of nodes, its documents, the event log, and what makes repeated requests harmless. */
export const createNodes: SchemaStep = async (db, dialect) => {
  await createNodeTable(db, dialect);
  await createDocumentTable(db, dialect);
  await createEventTable(db, dialect);
  await createRepeatTables(db, dialect);
};
