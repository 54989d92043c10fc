import type { Logger } from 'pino';
import type { Config } from './config/config.ts';
import { buildEventReaders } from './context/event-readers.ts';
import { layFoundation } from './context/foundation.ts';
import { showFigures } from './context/show-figures.ts';
import type { Part } from './context/tools.ts';
import { buildWorkers } from './context/workers.ts';
import type { Clock } from './domain/clock.ts';
import { nodeChanger } from './domain/nodes/node-changer.ts';
import { nodeCreator } from './domain/nodes/node-creator.ts';
import { type FirstStart, prepareFirstStart } from './domain/setup/first-start.ts';
import { buildApp } from './http/app.ts';
import { originOf } from './http/request-context.ts';
import type { RouteDeps } from './http/route-deps.ts';
import type { App } from './http/server-types.ts';
import { outboxFile } from './mail/worker.ts';
import type { Database } from './store/database.ts';
import { StoreUnavailable } from './store/errors.ts';
import { isMigrated } from './store/migrations/migrate.ts';
import { openTracing } from './tracing.ts';

export interface Server {
  app: App;
  firstStart: FirstStart;
  /** Ends background work and closes the database, after the app has closed. */
  stop(): Promise<void>;
}

async function checkReady(db: Database): Promise<void> {
  await db.ping();
  if (!(await isMigrated(db.reader))) throw new StoreUnavailable('the schema is not that of this release');
}

/** Builds everything from the configuration and wires it together. The caller makes the app listen. */
export async function buildServer(
  config: Config,
  options: { secretKey: string; version: string; log: Logger; clock?: Clock },
): Promise<Server> {
  const { log, version, clock = Date.now } = options;
  const tools = await layFoundation(config, { ...options, clock });
  const { services, cache, authenticator, metrics, onError } = tools;
  const { db } = services;
  const firstStart = await prepareFirstStart(services, config.firstAdmin).catch(async (error: unknown) => {
    await db.close();
    throw error;
  });
  const tracing = config.tracing && (await openTracing(config.tracing, version));
  const urls: RouteDeps['urls'] = {
    forAdmin: (request) => config.http.publicBaseUrl ?? (originOf(request) || listeningUrl(app, config)),
    forAnyone: () => config.http.publicBaseUrl ?? listeningUrl(app, config),
  };
  const { part: readers, ...waiting } = buildEventReaders(tools);
  const { ofEvents, others, webhooks } = buildWorkers(tools, { feed: waiting.feed, apiUrl: urls.forAnyone });
  showFigures(tools, { listeners: waiting.listeners, webhooks: webhooks.worker });
  const app = await buildApp({
    ...{ log, version, authenticator, ...config.http },
    tracer: tracing?.tracer,
    translateError: db.dialect.translateError,
    routes: {
      ...{ services, urls, metrics, webhooks, ...waiting },
      creator: nodeCreator(services),
      changer: nodeChanger(services),
      mailFile: (id) => outboxFile(config.mail, id),
      checkReady: () => checkReady(db),
    },
  });
  // Stopped in this order: who follows the log before who reads it, and all before the mail that they may cause.
  const parts: Part[] = [cache, ...ofEvents, readers, ...others];
  for (const part of [readers, ...parts.filter((each) => each !== readers)]) await part.start();
  return {
    app,
    firstStart,
    stop: async () => {
      for (const part of parts) await Promise.resolve(part.stop()).catch(onError);
      await db.close();
      await tracing?.stop().catch(onError);
    },
  };
}

/** The address that the server listens on, as a link. */
export function listeningUrl(app: App, config: Config): string {
  const address = app.addresses().find((item) => typeof item === 'object');
  const { host } = config.http;
  const named = host.includes(':') ? `[${host}]` : host;
  return `http://${named}:${address?.port ?? config.http.port}`;
}
