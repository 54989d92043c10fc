import { sql } from 'kysely';
import type { SchemaStep } from './schema-step.ts';

const LONG = 'bigint';

type Db = Parameters<SchemaStep>[0];
type Engine = Parameters<SchemaStep>[1];

async function createGroupTable(db: Db, dialect: Engine): Promise<void> {
  await db.schema
    .createTable('consumer_groups')
    .addColumn('id', dialect.serialType, (c) => dialect.serial(c))
    .addColumn('name', dialect.byteText, (c) => c.notNull())
    .addColumn('user_id', dialect.byteText, (c) => c.notNull().references('users.id').onDelete('cascade'))
    .addColumn('channel', dialect.byteText)
    .addColumn('filter', 'text', (c) => c.notNull())
    .addColumn('visibility_seconds', 'integer', (c) => c.notNull())
    .addColumn('max_deliveries', 'integer', (c) => c.notNull())
    .addColumn('position', LONG, (c) => c.notNull())
    .addColumn('created', LONG, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('uq__consumer_groups__name')
    .on('consumer_groups')
    .column('name')
    .unique()
    .execute();
  await db.schema.createIndex('consumer_groups_by_user').on('consumer_groups').column('user_id').execute();
}

async function createEntryTable(db: Db, dialect: Engine): Promise<void> {
  await db.schema
    .createTable('group_entries')
    .addColumn('group_id', dialect.serialType, (c) =>
      c.notNull().references('consumer_groups.id').onDelete('cascade'),
    )
    .addColumn('seq', LONG, (c) => c.notNull())
    .addColumn('deliveries', 'integer', (c) => c.notNull())
    .addColumn('visible_at', LONG, (c) => c.notNull())
    .addColumn('worker', 'text')
    .addColumn('died', LONG)
    .addPrimaryKeyConstraint('group_entries_key', ['group_id', 'seq'])
    .execute();
  // What is due is looked for by every claim.
  await db.schema
    .createIndex('group_entries_by_visible_at')
    .on('group_entries')
    .columns(['group_id', 'visible_at'])
    .where(sql.ref('died'), 'is', null)
    .execute();
}

/** Groups of workers that share the entries of the log, and the entries that they have not acknowledged. */
export const createConsumerGroups: SchemaStep = async (db, dialect) => {
  await createGroupTable(db, dialect);
  await createEntryTable(db, dialect);
};
