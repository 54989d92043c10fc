import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { cleanUpAfterFile } from './cleanup.ts';

export interface TestDatabase {
  /** `postgres://…`, as `DATABASE_URL` wants it. */
  url: string;
  /** Also cuts open connections; without effect the second time. */
  drop(): Promise<void>;
}

/**
 * Creates an empty PostgreSQL database that is dropped when the test file ends.
 * @throws Error when `TEST_DATABASE_URL` is unset, that is, outside `npm test`
 */
export async function createDatabase(): Promise<TestDatabase> {
  const name = `${process.env.KCI_TEST_DATABASE_PREFIX ?? 'kci_test_'}${randomBytes(6).toString('hex')}`;
  await asSuperuser(`CREATE DATABASE ${name}`);
  let dropped = false;
  const database: TestDatabase = {
    url: urlOf(name),
    async drop() {
      if (dropped) return;
      dropped = true;
      await asSuperuser(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
  cleanUpAfterFile(() => database.drop());
  return database;
}

function superuserUrl(): string {
  const url = process.env.TEST_DATABASE_URL;
  if (url === undefined || url === '') {
    throw new Error('TEST_DATABASE_URL is not set: start the tests with `npm test -- path/to/file.test.ts`');
  }
  return url;
}

function urlOf(databaseName: string): string {
  const url = new URL(superuserUrl());
  url.pathname = `/${databaseName}`;
  return url.href;
}

async function asSuperuser(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
