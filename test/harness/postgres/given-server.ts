import pg from 'pg';

/**
 * Drops the databases that a run has left behind on a server that is not ours to stop.
 * @param prefix of their names, which no other run uses
 */
export async function dropDatabases(url: string, prefix: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
      [prefix],
    );
    for (const { datname } of rows) {
      await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(datname)} WITH (FORCE)`);
    }
  } finally {
    await client.end();
  }
}

/**
 * @returns the server's version
 * @throws Error when it cannot be reached or the user may not create databases
 */
export async function checkGivenServer(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; super: boolean }>(
      `SELECT current_setting('server_version') AS version, rolsuper AS super
       FROM pg_roles WHERE rolname = current_user`,
    );
    const [role] = rows;
    if (role?.super !== true) throw new Error('its user is not a superuser');
    return role.version;
  } catch (error) {
    throw new Error(`TEST_DATABASE_URL: ${error instanceof Error ? error.message : error}`);
  } finally {
    await client.end().catch(() => undefined);
  }
}
