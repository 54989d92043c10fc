import type { CreateTableBuilder } from 'kysely';
import type { Dialect } from '../dialect/dialect.ts';
import type { SchemaStep } from './schema-step.ts';

// Moments, counters and sequence numbers need 64 bits; SQLite gives every integer that much.
const LONG = 'bigint';

type Table<N extends string> = CreateTableBuilder<N, 'seq' | 'id'>;

/** The number of insertion order and the id that the outside knows, which most tables begin with. */
const numbered =
  (dialect: Dialect) =>
  <N extends string>(table: CreateTableBuilder<N, never>): Table<N> =>
    table
      .addColumn('seq', dialect.serialType, (c) => dialect.serial(c))
      .addColumn('id', 'text', (c) => c.notNull());

type Create = Parameters<SchemaStep>[0];

async function unique(db: Create, table: string, column: string): Promise<void> {
  await db.schema.createIndex(`uq__${table}__${column}`).on(table).column(column).unique().execute();
}

async function createUsers(db: Create, dialect: Dialect): Promise<void> {
  await numbered(dialect)(db.schema.createTable('users'))
    .addColumn('username', 'text', (c) => c.notNull())
    .addColumn('email', 'text', (c) => c.notNull())
    .addColumn('email_key', 'text', (c) => c.notNull())
    .addColumn('hashed_password', 'text', (c) => c.notNull())
    .addColumn('is_active', 'integer', (c) => c.notNull())
    .addColumn('is_superuser', 'integer', (c) => c.notNull())
    .addColumn('is_verified', 'integer', (c) => c.notNull())
    .addColumn('credentials_version', 'integer', (c) => c.notNull())
    .addColumn('token_generation', 'integer', (c) => c.notNull())
    .addColumn('invited', LONG)
    .addColumn('invite_accepted', LONG)
    .addColumn('created', LONG, (c) => c.notNull())
    .addColumn('updated', LONG, (c) => c.notNull())
    .execute();
  for (const column of ['id', 'username', 'email_key']) await unique(db, 'users', column);
}

async function createGroups(db: Create, dialect: Dialect): Promise<void> {
  await numbered(dialect)(db.schema.createTable('groups'))
    .addColumn('name', 'text', (c) => c.notNull())
    .execute();
  for (const column of ['id', 'name']) await unique(db, 'groups', column);
  await db.schema
    .createTable('memberships')
    .addColumn('user_id', 'text', (c) => c.notNull().references('users.id').onDelete('cascade'))
    .addColumn('group_id', 'text', (c) => c.notNull().references('groups.id'))
    .addColumn('position', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('memberships_key', ['user_id', 'group_id'])
    .execute();
  await db.schema.createIndex('memberships_by_group').on('memberships').column('group_id').execute();
}

async function createTokens(db: Create, dialect: Dialect): Promise<void> {
  await numbered(dialect)(db.schema.createTable('tokens'))
    .addColumn('user_id', 'text', (c) => c.notNull().references('users.id').onDelete('cascade'))
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('scopes', 'text', (c) => c.notNull())
    .addColumn('created', LONG, (c) => c.notNull())
    .addColumn('expires', LONG, (c) => c.notNull())
    .addColumn('last_used', LONG)
    .execute();
  await unique(db, 'tokens', 'id');
  await db.schema.createIndex('tokens_by_user').on('tokens').column('user_id').execute();
  await db.schema.createIndex('tokens_by_expiry').on('tokens').column('expires').execute();
}

async function createSignups(db: Create, dialect: Dialect): Promise<void> {
  await numbered(dialect)(db.schema.createTable('signups'))
    .addColumn('username', 'text', (c) => c.notNull())
    .addColumn('email', 'text', (c) => c.notNull())
    .addColumn('email_key', 'text', (c) => c.notNull())
    .addColumn('hashed_password', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('created', LONG, (c) => c.notNull())
    .addColumn('decided', LONG)
    .addColumn('decided_by', 'text')
    .execute();
  await unique(db, 'signups', 'id');
}

async function createAudit(db: Create, dialect: Dialect): Promise<void> {
  await numbered(dialect)(db.schema.createTable('audit'))
    .addColumn('time', LONG, (c) => c.notNull())
    .addColumn('actor_id', 'text')
    .addColumn('actor_name', 'text')
    .addColumn('token_id', 'text')
    .addColumn('address', 'text')
    .addColumn('request_id', 'text')
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('target_type', 'text')
    .addColumn('target_id', 'text')
    .addColumn('target_name', 'text')
    .addColumn('before_json', 'text')
    .addColumn('after_json', 'text')
    .execute();
  for (const column of ['time', 'actor_name', 'target_name', 'action']) {
    await db.schema.createIndex(`audit_by_${column}`).on('audit').column(column).execute();
  }
}

async function createMails(db: Create, dialect: Dialect): Promise<void> {
  await numbered(dialect)(db.schema.createTable('mails'))
    .addColumn('recipient', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('body_text', 'text', (c) => c.notNull())
    .addColumn('body_html', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('created', LONG, (c) => c.notNull())
    .addColumn('due', LONG, (c) => c.notNull())
    .addColumn('last_error', 'text')
    .execute();
  await unique(db, 'mails', 'id');
  await db.schema.createIndex('mails_by_due').on('mails').columns(['state', 'due']).execute();
}

async function createSmallTables(db: Create): Promise<void> {
  await db.schema
    .createTable('throttles')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('failures', 'integer', (c) => c.notNull())
    .addColumn('expires', LONG, (c) => c.notNull())
    .addColumn('blocked_until', LONG, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('access_epoch')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('epoch', LONG, (c) => c.notNull())
    .execute();
  await db.insertInto('access_epoch').values({ id: 1, epoch: 1 }).execute();
}

/** Users, groups, tokens, sign-ups, the audit log, the mail queue and the small tables around them. */
export const createAccounts: SchemaStep = async (db, dialect) => {
  await createUsers(db, dialect);
  await createGroups(db, dialect);
  await createTokens(db, dialect);
  await createSignups(db, dialect);
  await createAudit(db, dialect);
  await createMails(db, dialect);
  await createSmallTables(db);
};
