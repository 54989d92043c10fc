import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { ReplicaExam } from '../../../replicas.ts';
import { databaseLabel, endOfLog, identityOf, isPaused, openProbe, placeOf, unfitness } from './probe.ts';

const POLL_MS = 20;

type Found<Exam = ReplicaExam> = Exam extends unknown ? Omit<Exam, 'name'> : never;

async function uselessness(replica: pg.Pool, identity: string | undefined): Promise<string | undefined> {
  try {
    return unfitness(await placeOf(replica), await identityOf(replica), identity);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function examine(primary: pg.Pool, replica: pg.Pool, patienceMs: number): Promise<Found> {
  const reason = await uselessness(replica, await identityOf(primary));
  if (reason !== undefined) return { kind: 'useless', reason };
  const asked = performance.now();
  const end = await endOfLog(primary);
  for (;;) {
    const { lsn } = await placeOf(replica);
    const lagMs = performance.now() - asked;
    if (lsn >= end) return { kind: 'fresh', lagMs };
    if (lagMs > patienceMs) return { kind: 'behind', bytes: end - lsn, isPaused: await isPaused(replica) };
    await delay(POLL_MS);
  }
}

export async function examinePostgresReplica(options: {
  primaryUrl: string;
  url: string;
  patienceMs: number;
}): Promise<ReplicaExam> {
  const primary = openProbe(options.primaryUrl);
  const replica = openProbe(options.url);
  try {
    return {
      name: databaseLabel(options.url),
      ...(await examine(primary, replica, options.patienceMs)),
    };
  } finally {
    await Promise.all([primary.end(), replica.end()]);
  }
}
