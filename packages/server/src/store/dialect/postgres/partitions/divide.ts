import { sql } from 'kysely';
import type { Executor } from '../../../database.ts';
import type { PartitionedTable } from '../../partitions.ts';

type Db = Executor['sql'];

interface Index {
  name: string;
  definition: string;
  isPrimary: boolean;
  isUnique: boolean;
}

/** How long others may hold the tables before a migration gives up, to be tried again with the next start. */
const WAIT_MS = 10_000;

const indexesOf = async (db: Db, table: string): Promise<Index[]> => {
  const { rows } = await sql<Index>`
    select c.relname as name, pg_get_indexdef(c.oid) as definition,
      i.indisprimary as "isPrimary", i.indisunique as "isUnique"
    from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indrelid = to_regclass(quote_ident(${table}))`.execute(db);
  return rows;
};

/** What numbers the rows goes on as before; a partitioned table has no identity before PostgreSQL 17. */
async function numberBySequence(db: Db, whole: string, plain: string): Promise<void> {
  const sequence = `${whole}_seq_seq`;
  const [old] = (
    await sql<{ last: number | null }>`
      select pg_sequence_last_value(pg_get_serial_sequence(quote_ident(${plain}), 'seq')::regclass) as last`.execute(
      db,
    )
  ).rows;
  await sql`alter table ${sql.table(plain)} alter column seq drop identity`.execute(db);
  await sql`create sequence ${sql.table(sequence)} as bigint owned by ${sql.table(whole)}.seq`.execute(db);
  if (old !== undefined && old.last !== null)
    await sql`select setval(${sequence}::regclass, ${old.last})`.execute(db);
  const next = sql`nextval(${sql.lit(sequence)}::regclass)`;
  await sql`alter table ${sql.table(whole)} alter column seq set default ${next}`.execute(db);
}

/** Names of indexes are the schema's: the new table gets them, with the key in those that are unique. */
async function moveIndexes(
  db: Db,
  { name, key }: PartitionedTable,
  plain: string,
): Promise<() => Promise<void>> {
  const creations: string[] = [];
  for (const index of await indexesOf(db, name)) {
    const hasKey = new RegExp(`[(, ]${key}[), ]`).test(index.definition);
    const columns = /\((.*)\)$/.exec(index.definition)?.[1] ?? '';
    const widened = index.isUnique && !hasKey ? `${columns}, ${key}` : columns;
    if (index.isPrimary)
      creations.push(`alter table "${name}" add constraint "${index.name}" primary key (${widened})`);
    else if (index.isUnique) creations.push(`create unique index "${index.name}" on "${name}" (${widened})`);
    else creations.push(index.definition);
    if (widened === columns)
      await sql`alter index ${sql.table(index.name)} rename to ${sql.id(`${plain}__${index.name}`)}`.execute(
        db,
      );
    else if (index.isPrimary)
      await sql`alter table ${sql.table(name)} drop constraint ${sql.id(index.name)}`.execute(db);
    else await sql`drop index ${sql.table(index.name)}`.execute(db);
  }
  return async () => {
    for (const creation of creations) await sql.raw(creation).execute(db);
  };
}

async function divideOne(db: Db, table: PartitionedTable): Promise<void> {
  const { name, key } = table;
  const plain = `${name}_oldest`;
  const createIndexes = await moveIndexes(db, table, plain);
  await sql`alter table ${sql.table(name)} rename to ${sql.id(plain)}`.execute(db);
  await sql`create table ${sql.table(name)} (like ${sql.table(plain)}) partition by range (${sql.ref(key)})`.execute(
    db,
  );
  await numberBySequence(db, name, plain);
  await createIndexes();
  const [whole, first] = [sql.table(name), sql.table(plain)];
  await sql`alter table ${whole} attach partition ${first} for values from (minvalue) to (maxvalue)`.execute(
    db,
  );
}

/** What is there becomes the first partition, as it is: only indexes that are unique without the key are made anew. */
export async function divide(db: Db, tables: readonly PartitionedTable[]): Promise<void> {
  await sql`set local statement_timeout = 0`.execute(db);
  await sql`set local lock_timeout = ${sql.lit(WAIT_MS)}`.execute(db);
  const all = sql.join(tables.map(({ name }) => sql.table(name)));
  await sql`lock table ${all} in access exclusive mode`.execute(db);
  for (const table of tables) await divideOne(db, table);
}
