import { sql } from 'kysely';
import type { SchemaStep } from './schema-step.ts';

const LONG = 'bigint';
const BATCH = 1000;

type Db = Parameters<SchemaStep>[0];
type Engine = Parameters<SchemaStep>[1];

/** What node events are asked for, copied out of their data. */
const COPIES = ['op', 'kind', 'state', 'result', 'name', 'group_name'] as const;

async function extendEvents(db: Db, dialect: Engine): Promise<void> {
  // The CloudEvent's own type, source and further attributes, JSON; null for those of every node event.
  await db.schema.alterTable('events').addColumn('attributes', 'text').execute();
  for (const column of COPIES)
    await db.schema.alterTable('events').addColumn(column, dialect.byteText).execute();
  await fillCopies(db);
  const tail = dialect.coveringTail;
  await db.schema
    .createIndex('events_by_time')
    .on('events')
    .columns(['time', ...tail])
    .execute();
  await db.schema
    .createIndex('events_by_kind')
    .on('events')
    .columns(['kind', ...tail])
    .where(sql.ref('kind'), 'is not', null)
    .execute();
  // Nearly all events are on the channel of the nodes: there, the log itself is the index.
  await db.schema
    .createIndex('events_by_channel')
    .on('events')
    .columns(['channel', ...tail])
    .where(sql.ref('channel'), '<>', sql.lit('node'))
    .execute();
}

async function fillCopies(db: Db): Promise<void> {
  for (let after = 0; ; ) {
    const rows = await db
      .selectFrom('events')
      .select(['seq', 'data'])
      .where('seq', '>', after)
      .where('node_id', 'is not', null)
      .orderBy('seq')
      .limit(BATCH)
      .execute();
    for (const { seq, data } of rows) {
      const { op, kind, state, result, name, group } = JSON.parse(data);
      const copies = { op, kind, state, result, name, group_name: group };
      await db.updateTable('events').set(copies).where('seq', '=', seq).execute();
      after = seq;
    }
    if (rows.length < BATCH) return;
  }
}

/** Up to where the log has been cleared: a reader that stands before it has missed something. */
async function createLogTable(db: Db): Promise<void> {
  await db.schema
    .createTable('event_log')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('purged_through', LONG, (c) => c.notNull())
    .execute();
  await db.insertInto('event_log').values({ id: 1, purged_through: 0 }).execute();
}

async function createSubscriptionTable(db: Db, dialect: Engine): Promise<void> {
  await db.schema
    .createTable('subscriptions')
    .addColumn('id', dialect.serialType, (c) => dialect.serial(c))
    .addColumn('channel', dialect.byteText, (c) => c.notNull())
    .addColumn('user_id', dialect.byteText, (c) => c.notNull().references('users.id').onDelete('cascade'))
    .addColumn('promiscuous', 'integer', (c) => c.notNull())
    .addColumn('subscriber_id', dialect.byteText)
    .addColumn('generation', 'integer', (c) => c.notNull())
    .addColumn('cursor', LONG, (c) => c.notNull())
    .addColumn('delivered', LONG)
    .addColumn('created', LONG, (c) => c.notNull())
    .addColumn('last_poll', LONG)
    .addColumn('in_doubt', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('holder', 'text')
    .execute();
  await db.schema
    .createIndex('uq__subscriptions__subscriber_id')
    .on('subscriptions')
    .column('subscriber_id')
    .unique()
    .execute();
  await db.schema.createIndex('subscriptions_by_user').on('subscriptions').column('user_id').execute();
}

async function createListTable(db: Db, dialect: Engine): Promise<void> {
  await db.schema
    .createTable('list_items')
    .addColumn('seq', dialect.serialType, (c) => dialect.serial(c))
    .addColumn('list', dialect.byteText, (c) => c.notNull())
    .addColumn('event', 'text', (c) => c.notNull())
    .addColumn('taken_until', LONG, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('list_items_by_list')
    .on('list_items')
    .columns(['list', ...dialect.coveringTail])
    .execute();
}

/** Events of other channels, who follows them from where, and the lists that items are taken from. */
export const createEvents: SchemaStep = async (db, dialect) => {
  await extendEvents(db, dialect);
  await createLogTable(db);
  await createSubscriptionTable(db, dialect);
  await createListTable(db, dialect);
};
