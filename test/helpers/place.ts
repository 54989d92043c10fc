import path from 'node:path';
import { createDatabase } from './databases.ts';
import type { Engine } from './engines.ts';
import { type CommandResult, runApi } from './run-command.ts';
import { startServer, type TestServer } from './server.ts';
import { makeTempFolder } from './temp-folder.ts';

/** Where a server will have its data, before any was started there. */
export interface Place {
  engine: Engine;
  dataDir: string;
  /** Only on PostgreSQL. */
  databaseUrl?: string;
  /** As `kernelci-api migrate` takes it. */
  location: string;
  env: Record<string, string>;
  /** Runs `kernelci-api` for this place. */
  run(args: string[], env?: Record<string, string>, stdin?: string | Uint8Array): Promise<CommandResult>;
  start(env?: Record<string, string>): Promise<TestServer>;
}

export const SECRET_KEY = 'testsecret';

/** What is old stays, and as it is. */
const TIMELESS = { EVENT_HISTORY_TTL_SECONDS: '999999999', NODE_PURGE_AGE_DAYS: '0', KCI_LIFECYCLE: 'off' };

/** An empty place whose server would sign with `SECRET_KEY`. */
export async function newPlace(engine: Engine): Promise<Place> {
  const dataDir = path.join(makeTempFolder('place'), 'data');
  const env: Record<string, string> = { KCI_DATA_DIR: dataDir, SECRET_KEY };
  if (engine === 'postgres') env.DATABASE_URL = (await createDatabase()).url;
  const databaseUrl = env.DATABASE_URL;
  return {
    engine,
    dataDir,
    env,
    location: databaseUrl ?? `sqlite:${path.join(dataDir, 'kernelci.db')}`,
    ...(databaseUrl !== undefined && { databaseUrl }),
    run: (args, more, stdin = '') => runApi(args, { env: { ...env, ...more }, stdin }),
    start: (more) => startServer({ engine, env: { ...env, ...TIMELESS, ...more } }),
  };
}
