import { appendFileSync, chownSync, cpSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';

/** What belongs to the running server, and the log, which a standby fetches itself. */
const LEFT_OUT = /\/(postmaster\.(pid|opts)|pg_internal\.init|pgsql_tmp\w*|pg_wal\/[0-9A-F]{24})$/;

/**
 * Copies the data of a running cluster, for a standby that follows it by streaming.
 * @param options.url of a superuser
 * @param options.to a folder that is not there yet
 */
export async function copyCluster(options: {
  url: string;
  from: string;
  to: string;
  owner: { uid: number; gid: number } | undefined;
}): Promise<void> {
  const { url, from, to, owner } = options;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("select pg_backup_start('standby', true)");
    cpSync(from, to, { recursive: true, filter: (file) => !LEFT_OUT.test(file) });
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    writeFileSync(path.join(to, 'backup_label'), String(rows[0]?.labelfile));
  } finally {
    await client.end();
  }
  writeFileSync(path.join(to, 'standby.signal'), '');
  const { hostname, port, username, password } = new URL(url);
  const primary = `host=${hostname} port=${port} user=${username} password=${password}`;
  const settings = [
    `primary_conninfo = '${primary}'`,
    // It looks at once for a primary that was away.
    "wal_retrieve_retry_interval = '100ms'",
  ];
  appendFileSync(path.join(to, 'postgresql.auto.conf'), `${settings.join('\n')}\n`);
  if (owner === undefined) return;
  const files = readdirSync(to, { recursive: true, encoding: 'utf8' });
  for (const file of [to, ...files.map((file) => path.join(to, file))]) chownSync(file, owner.uid, owner.gid);
}
