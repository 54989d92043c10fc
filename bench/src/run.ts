import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseLocation } from '../../packages/server/src/store/open.ts';
import type { DataSet } from './data/data-set.ts';
import { cpuSeconds, familyCpuSeconds, memoryOf } from './machine/processes.ts';
import type { Report } from './report.ts';
import type { BenchServer } from './server/server.ts';

/** What a scenario is run with. */
export interface Run {
  data: DataSet;
  /** Another data set of the same engine. */
  provide(nodes: number): Promise<DataSet>;
  report: Report;
  /** For each measurement by the clock. */
  seconds: number;
  /** How often alternating measurements alternate. */
  rounds: number;
  /** Starts a server, with a profile where that was asked for; it is stopped with the scenario. */
  start(location: DatabaseLocation): Promise<BenchServer>;
  databasePid: number | undefined;
}

export type Scenario = (run: Run) => Promise<void>;

const MB = 1024 ** 2;
const MEMORY_MB = 250;
const REST_MS = 12_000;

/** Processor time in seconds; NaN for a database that runs within the server. */
export interface Cpu {
  server: number;
  database: number;
  /** This process, which sends the requests. */
  client: number;
}

const ownSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** The processor time that is taken from here on. */
export function cpuMeter(run: Run, server: { pid: number }): () => Cpu {
  const now = (): Cpu => ({
    server: cpuSeconds(server.pid),
    database: run.databasePid === undefined ? Number.NaN : familyCpuSeconds(run.databasePid),
    client: ownSeconds(),
  });
  const before = now();
  return () => {
    const after = now();
    return {
      server: after.server - before.server,
      database: after.database - before.database,
      client: after.client - before.client,
    };
  };
}

/** Processor time for one request, in microseconds, as a part of a report's line. */
export function cpuEach(cpu: Cpu, requests: number): Record<string, number> {
  const each = (seconds: number) => (seconds * 1e6) / requests;
  const database = Number.isNaN(cpu.database) ? {} : { 'database cpu µs': each(cpu.database) };
  return { 'server cpu µs': each(cpu.server), ...database, 'client cpu µs': each(cpu.client) };
}

/** The server's memory when all is done and it has had some time to tidy up. */
export async function reportMemory(run: Run, server: { pid: number }): Promise<void> {
  const atOnce = memoryOf(server.pid);
  await sleep(REST_MS);
  run.report.add({
    what: 'server memory afterwards',
    value: memoryOf(server.pid).now / MB,
    unit: 'MB',
    atMost: MEMORY_MB,
    more: { 'at once MB': atOnce.now / MB, 'peak MB': atOnce.peak / MB },
  });
}
