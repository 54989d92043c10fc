import { sql } from 'kysely';
import type { SchemaStep } from './schema-step.ts';

type Db = Parameters<SchemaStep>[0];
type Engine = Parameters<SchemaStep>[1];

/** Nodes leave both indexes with the change that makes them done: they stay small, whatever there is in the table. */
async function indexOpenNodes(db: Db): Promise<void> {
  // Finds nodes whose time is over; read as a whole, it tells the parents of all nodes that are not done.
  await db.schema
    .createIndex('nodes_open')
    .on('nodes')
    .columns(['timeout', 'parent'])
    .where(sql.ref('state'), '<>', sql.lit('done'))
    .execute();
  await db.schema
    .createIndex('nodes_held')
    .on('nodes')
    .columns(['state', 'holdoff'])
    .where(sql.ref('state'), '<>', sql.lit('done'))
    .where(sql.ref('holdoff'), 'is not', null)
    .execute();
}

async function createPins(db: Db, dialect: Engine): Promise<void> {
  await db.schema
    .createTable('pins')
    .addColumn('seq', dialect.serialType, (c) => dialect.serial(c))
    .addColumn('node_id', dialect.byteText, (c) => c.notNull())
    .addColumn('reason', 'text')
    .addColumn('username', 'text', (c) => c.notNull())
    .addColumn('created', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('uq__pins__node_id').on('pins').column('node_id').unique().execute();
  // Its one row is locked by whoever purges or pins: a node is never removed while it is being pinned.
  await db.schema
    .createTable('retention')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .execute();
  await db.insertInto('retention').values({ id: 1 }).execute();
}

/** What finds nodes when their time has come, and what keeps old ones. */
export const createRetention: SchemaStep = async (db, dialect) => {
  await indexOpenNodes(db);
  await createPins(db, dialect);
};
