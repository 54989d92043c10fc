import { mkdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { Env } from '../config/env-reader.ts';
import { loadOrCreateSecretKey } from '../config/secret-key.ts';
import { buildServer, listeningUrl, type Server } from '../context.ts';
import { openLog } from '../log.ts';
import { version } from '../version.ts';
import { readSettings } from './settings.ts';

/** In-flight requests get this long to finish before the process ends anyway. */
const STOP_TIMEOUT_MS = 30_000;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

function announce(server: Server, config: Config, keyIsOurs: boolean): void {
  const { admin } = server.firstStart;
  const url = listeningUrl(server.app, config);
  if (admin?.generatedPassword !== undefined) {
    say(`First start: the admin is "${admin.username}", with the password ${admin.generatedPassword}`);
    say('It is shown this once. Log in with it:  npx kci login');
  } else if (admin) {
    say(`First start: the admin is "${admin.username}", with the password of KCI_INITIAL_PASSWORD`);
  }
  if (keyIsOurs && config.database.engine === 'postgres') {
    say(`SECRET_KEY is not set: this instance uses the key in ${config.dataDir}; several need the same one.`);
  }
  say(`KernelCI API ready on ${url}`);
  say(
    `Reference: ${url}/docs   Data: ${config.database.engine === 'sqlite' ? config.database.file : 'PostgreSQL'}`,
  );
}

/**
 * Resolves with the first signal that asks the process to end. Further ones change nothing: a launcher and a service
 * manager may both pass on the same one.
 */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => resolve(signal));
  });
}

async function shutDown(server: Server, log: Logger): Promise<void> {
  const timer = setTimeout(() => {
    log.warn('requests are still in flight, ending anyway');
    process.exit(0);
  }, STOP_TIMEOUT_MS);
  timer.unref();
  await server.app.close();
  await server.stop();
}

/** Starts the server and answers the exit code once it has been told to stop and has done so. */
export async function serve(env: Env): Promise<number> {
  // Large requests leave much behind: it is collected early rather than kept as room for more. Its companion, the size
  // of the young generation, can only be given on the command line.
  setFlagsFromString('--heap-growing-percent=30');
  const config = readSettings(env);
  makeDataDir(config.dataDir);
  const log = openLog({ level: config.logLevel, terminal: process.stderr.isTTY });
  const secretKey = config.secrets.secretKey ?? loadOrCreateSecretKey(config.dataDir);
  const stopping = stopSignal();
  const server = await buildServer(config, { secretKey, version, log });
  try {
    await server.app.listen({ host: config.http.host, port: config.http.port });
  } catch (error) {
    await server.stop();
    throw listenProblem(error, config);
  }
  announce(server, config, config.secrets.secretKey === undefined);
  log.info({ signal: await stopping }, 'stopping');
  await shutDown(server, log);
  log.info('stopped');
  return 0;
}

function makeDataDir(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Error(`${folder} cannot be the data folder, set KCI_DATA_DIR to another: ${error}`);
  }
}

function listenProblem(error: unknown, { http }: Config): unknown {
  if (!(error instanceof Error && 'code' in error)) return error;
  if (error.code === 'EADDRINUSE') {
    return new Error(`port ${http.port} on ${http.host} is taken: stop what uses it, or set KCI_PORT`);
  }
  if (error.code === 'EACCES')
    return new Error(`port ${http.port} may not be opened: set KCI_PORT to one above 1023`);
  if (['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'].includes(String(error.code)))
    return new Error(`${http.host} is no address of this machine: set KCI_HOST`);
  return error;
}
