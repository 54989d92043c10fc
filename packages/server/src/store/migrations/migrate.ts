import { type Migration, Migrator } from 'kysely/migration';
import type { Executor } from '../database.ts';
import { createAccounts } from './0001-accounts.ts';
import { createNodes } from './0002-nodes.ts';
import { createEvents } from './0003-events.ts';
import { createConsumerGroups } from './0004-consumer-groups.ts';
import { createWebhooks } from './0005-webhooks.ts';
import { createTelemetry } from './0006-telemetry.ts';
import { createRetention } from './0007-retention.ts';
import { createPartitions } from './0008-partitions.ts';
import type { SchemaStep } from './schema-step.ts';

const steps: Record<string, SchemaStep> = {
  '0001-accounts': createAccounts,
  '0002-nodes': createNodes,
  '0003-events': createEvents,
  '0004-consumer-groups': createConsumerGroups,
  '0005-webhooks': createWebhooks,
  '0006-telemetry': createTelemetry,
  '0007-retention': createRetention,
  '0008-partitions': createPartitions,
};

function migratorOf(executor: Executor): Migrator {
  const migrations: Record<string, Migration> = Object.fromEntries(
    Object.entries(steps).map(([name, step]) => [
      name,
      { up: (db: Executor['sql']) => step(db, executor.dialect) },
    ]),
  );
  return new Migrator({ db: executor.sql, provider: { getMigrations: async () => migrations } });
}

/** Applies the steps that are missing, all or nothing. Several processes may call it at once. */
export async function migrate(
  executor: Executor,
  options: { disableTransactions?: boolean } = {},
): Promise<void> {
  const { error } = await migratorOf(executor).migrateToLatest(options);
  if (error) throw error;
}

/** The steps of this release that are applied, and those that are not. */
export async function schemaSteps(executor: Executor): Promise<{ applied: string[]; missing: string[] }> {
  const known = await migratorOf(executor).getMigrations();
  const named = (isApplied: boolean) =>
    known.filter((step) => (step.executedAt !== undefined) === isApplied).map(({ name }) => name);
  return { applied: named(true), missing: named(false) };
}

/** Whether every step of this release is applied. */
export async function isMigrated(executor: Executor): Promise<boolean> {
  return (await schemaSteps(executor)).missing.length === 0;
}
