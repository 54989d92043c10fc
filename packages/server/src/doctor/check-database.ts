import { existsSync } from 'node:fs';
import { MINUTE, SECOND } from '@kernelci/model';
import type { Config } from '../config/config.ts';
import type { Executor } from '../store/database.ts';
import { newestEvent } from '../store/events.ts';
import { schemaSteps } from '../store/migrations/migrate.ts';
import { partitionsState } from '../store/partitions.ts';
import { openSnapshot } from '../store/snapshot.ts';
import { broken, type Finding, good, reasonOf, trouble } from './finding.ts';

const POSTGRES_MIN = 12;
/** Clocks may differ by so much. */
const CLOCK_TOLERANCE = 2 * SECOND;

async function checkEngine(reader: Executor): Promise<Finding[]> {
  const asked = Date.now();
  const { version, clock } = await reader.dialect.moving.about(reader);
  const major = Number.parseInt(version.split(' ')[1] ?? '', 10);
  const isOld = reader.dialect.name === 'postgres' && major < POSTGRES_MIN;
  const engine = isOld
    ? broken(`${version} is too old: upgrade it to PostgreSQL ${POSTGRES_MIN} or newer`)
    : good(`the database answers: ${version}`);
  return clock === undefined ? [engine] : [engine, checkClock(clock, (asked + Date.now()) / 2)];
}

function checkClock(theirs: number, ours: number): Finding {
  const difference = Math.abs(theirs - ours);
  if (difference <= CLOCK_TOLERANCE) return good("the database's clock and ours agree");
  const seconds = Math.round(difference / SECOND);
  return trouble(
    `the database's clock is ${seconds} s ${theirs > ours ? 'ahead of' : 'behind'} ours: synchronise both (NTP)`,
  );
}

async function checkSchema(reader: Executor): Promise<Finding> {
  const { applied, missing } = await schemaSteps(reader);
  if (missing.length === 0) return good(`the schema is that of this release (${applied.at(-1)})`);
  return trouble(`the schema lacks ${missing.join(', ')}: the next start of this release applies them`);
}

async function checkIntegrity(reader: Executor): Promise<Finding[]> {
  if (reader.dialect.name !== 'sqlite') return [];
  const damages = await reader.dialect.moving.damages(reader);
  if (damages.length === 0) return [good('the database file is sound (quick_check)')];
  return damages.map((damage) =>
    broken(`the database file is damaged: ${damage}; stop the server and go back to a backup`),
  );
}

async function checkNewest(reader: Executor): Promise<Finding[]> {
  const newest = (await newestEvent(reader)) ?? 0;
  if (newest <= Date.now() + MINUTE) return [];
  return [
    trouble(
      `the newest event is of ${new Date(newest).toISOString()}, which is yet to come: set this machine's clock`,
    ),
  ];
}

async function checkPartitions(reader: Executor): Promise<Finding[]> {
  const states = await partitionsState(reader);
  return states.map(({ table, partitions, overfull }) =>
    overfull
      ? trouble(
          `the newest partition of ${table} has become large: restart one server, which begins a new one`,
        )
      : good(`${table}: ${partitions} partitions, the newest has room`),
  );
}

/** Looks at the database as it is: its schema is not touched. */
export async function checkDatabase({ database }: Config): Promise<Finding[]> {
  if (database.engine === 'sqlite' && !existsSync(database.file))
    return [trouble(`there is no database at ${database.file} yet: the first start makes it`)];
  let snapshot: Awaited<ReturnType<typeof openSnapshot>> | undefined;
  try {
    snapshot = await openSnapshot(database);
    const { reader } = snapshot;
    const findings = [...(await checkEngine(reader)), await checkSchema(reader)];
    findings.push(...(await checkIntegrity(reader)));
    if ((await schemaSteps(reader)).missing.length === 0)
      findings.push(...(await checkNewest(reader)), ...(await checkPartitions(reader)));
    return findings;
  } catch (error) {
    return [broken(`${reasonOf(error)}; check DATABASE_URL, KCI_DATA_DIR and that the server runs`)];
  } finally {
    await snapshot?.close();
  }
}
