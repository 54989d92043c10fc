import { sql } from 'kysely';
import type { SchemaStep } from './schema-step.ts';

const LONG = 'bigint';

type Db = Parameters<SchemaStep>[0];
type Engine = Parameters<SchemaStep>[1];

async function createTelemetryTable(db: Db, dialect: Engine): Promise<void> {
  const { byteText } = dialect;
  await db.schema
    .createTable('telemetry')
    .addColumn('seq', dialect.serialType, (c) => dialect.plainSerial(c))
    .addColumn('id', byteText, (c) => c.notNull())
    .addColumn('ts', LONG, (c) => c.notNull())
    .addColumn('kind', byteText, (c) => c.notNull())
    .addColumn('runtime', byteText, (c) => c.notNull())
    .addColumn('device_type', byteText)
    .addColumn('device_id', byteText)
    .addColumn('job_name', byteText)
    .addColumn('test_name', byteText)
    .addColumn('job_id', byteText)
    .addColumn('node_id', byteText)
    .addColumn('tree', byteText)
    .addColumn('branch', byteText)
    .addColumn('arch', byteText)
    .addColumn('result', byteText)
    .addColumn('is_infra_error', 'integer', (c) => c.notNull())
    .addColumn('error_type', byteText)
    .addColumn('error_msg', 'text')
    .addColumn('retry', 'integer', (c) => c.notNull())
    .addColumn('extra', 'text', (c) => c.notNull())
    .execute();
}

/** All in the order of lists: the newest first, those of one moment as they came. */
async function indexTelemetry(db: Db, dialect: Engine): Promise<void> {
  const index = (name: string) => db.schema.createIndex(name).on('telemetry');
  const newestFirst = ['ts desc', ...dialect.coveringTail] as const;
  await index('uq__telemetry__id').column('id').unique().execute();
  await index('telemetry_by_ts')
    .columns([...newestFirst])
    .execute();
  await index('telemetry_by_kind')
    .columns(['kind', ...newestFirst])
    .execute();
  await index('telemetry_by_runtime')
    .columns(['runtime', ...newestFirst])
    .execute();
  // Much telemetry has none of these, or is no error.
  for (const column of ['job_name', 'device_id', 'node_id']) {
    await index(`telemetry_by_${column}`)
      .columns([column, ...newestFirst])
      .where(sql.ref(column), 'is not', null)
      .execute();
  }
  await index('telemetry_infra_errors')
    .columns([...newestFirst])
    .where(sql.ref('is_infra_error'), '=', sql.lit(1))
    .execute();
}

async function createKeyValueTable(db: Db, dialect: Engine): Promise<void> {
  await db.schema
    .createTable('key_values')
    .addColumn('namespace', dialect.byteText, (c) => c.notNull())
    .addColumn('key', dialect.byteText, (c) => c.notNull())
    .addColumn('value', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('key_values_key', ['namespace', 'key'])
    .execute();
}

/** What services tell of jobs, tests and errors, and the values that they keep by key. */
export const createTelemetry: SchemaStep = async (db, dialect) => {
  await createTelemetryTable(db, dialect);
  await indexTelemetry(db, dialect);
  await createKeyValueTable(db, dialect);
};
