import { randomBytes } from 'node:crypto';
import { startCluster } from './postgres/cluster.ts';
import { checkGivenServer, dropDatabases } from './postgres/given-server.ts';

export interface RunDatabase {
  /** Of a superuser. */
  url: string;
  /** Where it comes from, for the reader of the output. */
  description: string;
  /** What the names of the run's databases begin with. */
  prefix: string;
  stop(): Promise<void>;
}

/**
 * The PostgreSQL of this run: the one at `TEST_DATABASE_URL`, else a throw-away cluster.
 * @throws Error that says what to do when neither can be had
 */
export async function provideDatabase(folder: string): Promise<RunDatabase> {
  const prefix = `kci_test_${randomBytes(4).toString('hex')}_`;
  const given = process.env.TEST_DATABASE_URL ?? '';
  if (given !== '') {
    const version = await checkGivenServer(given);
    const description = `PostgreSQL ${version} at TEST_DATABASE_URL`;
    return { url: given, description, prefix, stop: () => dropDatabases(given, prefix) };
  }
  const cluster = await startCluster(folder);
  return {
    url: cluster.url,
    description: `${cluster.version}, a throw-away cluster`,
    prefix,
    stop: cluster.stop,
  };
}
