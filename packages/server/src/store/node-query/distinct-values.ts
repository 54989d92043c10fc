import { type ColumnName, ref } from './columns.ts';
import { type Reading, rows } from './reading.ts';
import { sql } from './sql.ts';

/** Up to so many values the index is searched for each next one; above, it is read from end to end. */
const HOPS = 500;
const STEP = 20_000;
const VALUES_MAX = 200_000;

type Value = { value: string };

/** The first values, each found by a search for the smallest above the one before. */
async function hop(reading: Reading, column: ColumnName, hops: number): Promise<string[]> {
  const name = ref(column);
  const query = sql`
    with recursive hop(value) as (
      select min(${name}) from nodes
      union all
      select (select min(${name}) from nodes where ${name} > hop.value) from hop where hop.value is not null
    )
    select value from hop where value is not null limit ${hops}`;
  return (await rows<Value>(reading, query)).map(({ value }) => value);
}

/** The different values of an indexed column; undefined when there are more than `most`. */
export async function fewValues(
  reading: Reading,
  column: ColumnName,
  most: number,
): Promise<string[] | undefined> {
  const values = await hop(reading, column, most + 1);
  return values.length > most ? undefined : values;
}

/** The different values of an indexed column; undefined when there are more than 200,000. */
export async function distinctValues(reading: Reading, column: ColumnName): Promise<string[] | undefined> {
  const values = await hop(reading, column, HOPS);
  if (values.length < HOPS) return values;
  const name = ref(column);
  while (values.length <= VALUES_MAX) {
    reading.expect(STEP);
    const query = sql`
      select distinct ${name} as value from nodes where ${name} > ${values.at(-1) ?? null} order by ${name} limit ${STEP}`;
    const more = await rows<Value>(reading, query);
    for (const { value } of more) values.push(value);
    if (more.length < STEP) return values;
  }
  return undefined;
}
