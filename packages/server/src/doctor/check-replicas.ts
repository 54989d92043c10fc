import { SECOND } from '@kernelci/model';
import type { Config } from '../config/config.ts';
import { examineReplica, type ReplicaExam } from '../store/replicas.ts';
import { type Finding, good, reasonOf, trouble } from './finding.ts';

const MB = 1024 * 1024;

function findingOf(exam: ReplicaExam, stalenessSeconds: number): Finding {
  const replica = `the replica ${exam.name}`;
  if (exam.kind === 'fresh') return good(`${replica} is at most ${Math.ceil(exam.lagMs)} ms behind`);
  if (exam.kind === 'useless')
    return trouble(
      `${replica} is not used: ${exam.reason}; check DATABASE_REPLICA_URLS and that it is a standby that runs`,
    );
  const behind = `${replica} is ${(exam.bytes / MB).toFixed(1)} MB of the log behind`;
  if (exam.isPaused)
    return trouble(`${behind}, and replay is paused there: select pg_wal_replay_resume() to let it go on`);
  return trouble(
    `${behind} and does not catch up; it is not used while that is more than ${stalenessSeconds} s: ` +
      'look at pg_stat_replication of the primary and at the log of the replica',
  );
}

/** Looks at each replica. The server does without those that are not well, so nothing here is worse than trouble. */
export async function* checkReplicas({ database, replicas }: Config): AsyncGenerator<Finding> {
  if (database.engine !== 'postgres') return;
  const { urls, stalenessSeconds } = replicas;
  const patienceMs = Math.min(stalenessSeconds, 10) * SECOND;
  for (const url of urls) {
    try {
      yield findingOf(await examineReplica({ primaryUrl: database.url, url, patienceMs }), stalenessSeconds);
    } catch (error) {
      yield trouble(`replicas cannot be looked at while the primary does not answer: ${reasonOf(error)}`);
      return;
    }
  }
}
