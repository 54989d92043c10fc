import type { SchemaStep } from './schema-step.ts';

const LONG = 'bigint';

type Db = Parameters<SchemaStep>[0];
type Engine = Parameters<SchemaStep>[1];

async function createWebhookTable(db: Db, dialect: Engine): Promise<void> {
  await db.schema
    .createTable('webhooks')
    .addColumn('seq', dialect.serialType, (c) => dialect.serial(c))
    .addColumn('id', dialect.byteText, (c) => c.notNull())
    .addColumn('user_id', dialect.byteText, (c) => c.notNull().references('users.id').onDelete('cascade'))
    .addColumn('url', 'text', (c) => c.notNull())
    .addColumn('channel', dialect.byteText)
    .addColumn('filter', 'text', (c) => c.notNull())
    .addColumn('description', 'text')
    .addColumn('secret', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('revision', 'integer', (c) => c.notNull())
    .addColumn('created', LONG, (c) => c.notNull())
    .addColumn('position', LONG, (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('failing_since', LONG)
    .addColumn('next_attempt', LONG)
    .addColumn('last_error', 'text')
    .addColumn('lease_holder', dialect.byteText)
    .addColumn('lease_until', LONG, (c) => c.notNull())
    .execute();
  await db.schema.createIndex('uq__webhooks__id').on('webhooks').column('id').unique().execute();
  await db.schema.createIndex('webhooks_by_user').on('webhooks').column('user_id').execute();
}

async function createDeliveryTable(db: Db, dialect: Engine): Promise<void> {
  await db.schema
    .createTable('webhook_deliveries')
    .addColumn('seq', dialect.serialType, (c) => dialect.serial(c))
    .addColumn('webhook_id', dialect.byteText, (c) =>
      c.notNull().references('webhooks.id').onDelete('cascade'),
    )
    .addColumn('sequence_id', LONG, (c) => c.notNull())
    .addColumn('event_id', dialect.byteText, (c) => c.notNull())
    .addColumn('time', LONG, (c) => c.notNull())
    .addColumn('attempt', 'integer', (c) => c.notNull())
    .addColumn('outcome', 'text', (c) => c.notNull())
    .addColumn('response_status', 'integer')
    .addColumn('error', 'text')
    .addColumn('ms', 'integer', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('webhook_deliveries_by_webhook')
    .on('webhook_deliveries')
    .columns(['webhook_id', ...dialect.coveringTail])
    .execute();
  await db.schema.createIndex('webhook_deliveries_by_time').on('webhook_deliveries').column('time').execute();
}

/** Where events are sent to, how far that has come, and what became of each request. */
export const createWebhooks: SchemaStep = async (db, dialect) => {
  await createWebhookTable(db, dialect);
  await createDeliveryTable(db, dialect);
};
