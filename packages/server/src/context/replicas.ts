import { SECOND } from '@kernelci/model';
import type { Logger } from 'pino';
import { Counter, Gauge } from 'prom-client';
import type { Config } from '../config/config.ts';
import type { Metrics } from '../metrics.ts';
import type { ReplicaNews, ReplicaOptions, ReplicaStatus } from '../store/replicas.ts';

/** The replicas that the configuration names, if any; what becomes of them is logged. */
export function replicaOptions({ replicas }: Config, log: Logger): { replicas?: ReplicaOptions } {
  const { urls, stalenessSeconds } = replicas;
  if (urls.length === 0) return {};
  const onNews = ({ replica, trouble }: ReplicaNews) => {
    if (trouble === undefined) log.info({ replica }, 'lists may come from the replica');
    else log.warn({ replica, reason: trouble }, 'the replica is left alone, the primary answers for it');
  };
  return { replicas: { urls, stalenessMs: stalenessSeconds * SECOND, onNews } };
}

/** Lets the metrics tell of each replica. */
export function showReplicas({ registry }: Metrics, replicas: readonly ReplicaStatus[]): void {
  if (replicas.length === 0) return;
  const common = { labelNames: ['replica'], registers: [registry] };
  const age: Gauge = new Gauge({
    ...common,
    name: 'kci_replica_staleness_seconds',
    help: 'How old what the replica answers may be',
    collect: () => {
      for (const replica of replicas) age.set({ replica: replica.name }, replica.age() / SECOND);
    },
  });
  const count = (name: string, help: string, read: (replica: ReplicaStatus) => number) => {
    const counter: Counter = new Counter({
      ...common,
      name,
      help,
      collect: () => {
        counter.reset();
        for (const replica of replicas) counter.inc({ replica: replica.name }, read(replica));
      },
    });
  };
  count('kci_replica_reads_total', 'Reads that the replica has answered', ({ reads }) => reads);
  const failed = 'Reads that failed at the replica and were repeated at the primary';
  count('kci_replica_failed_reads_total', failed, ({ failedReads }) => failedReads);
}
