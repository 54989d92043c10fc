import { mkdirSync } from 'node:fs';
import { SECOND } from '@kernelci/model';
import type { Logger } from 'pino';
import type { Config } from './config/config.ts';
import { keptFor } from './config/kept.ts';
import { AccessCache } from './domain/access/access-cache.ts';
import { AttemptLimiter } from './domain/access/attempt-limiter.ts';
import { Authenticator } from './domain/access/authenticator.ts';
import { TokenUseRecorder } from './domain/access/token-use.ts';
import type { Clock } from './domain/clock.ts';
import { Housekeeping } from './domain/housekeeping.ts';
import { NodeCreator } from './domain/nodes/node-creator.ts';
import { PasswordHasher } from './domain/passwords/password-hasher.ts';
import type { Services } from './domain/services.ts';
import { type FirstStart, prepareFirstStart } from './domain/setup/first-start.ts';
import { TokenSigner } from './domain/tokens/token-signer.ts';
import type { GroupGap } from './events/claim-once.ts';
import { EventFeed } from './events/feed.ts';
import { GroupClaims } from './events/group-claims.ts';
import { ListPoppers } from './events/list-poppers.ts';
import { type Gap, Listeners } from './events/listeners.ts';
import { ProgressRecorder } from './events/progress-recorder.ts';
import { buildApp } from './http/app.ts';
import { originOf } from './http/request-context.ts';
import type { RouteDeps } from './http/route-deps.ts';
import type { App } from './http/server-types.ts';
import { WaitingLimit } from './http/waiting-limit.ts';
import { LifecycleWorker } from './lifecycle/worker.ts';
import { MailTemplates } from './mail/templates.ts';
import { MailWorker, outboxFile } from './mail/worker.ts';
import { Metrics } from './metrics.ts';
import { StoreUnavailable } from './store/errors.ts';
import { isMigrated } from './store/migrations/migrate.ts';
import { openDatabase } from './store/open.ts';
import { openTracing } from './tracing.ts';
import { WebhookSender } from './webhooks/sender.ts';
import { WebhookWorker } from './webhooks/worker.ts';

/** How long news may take when nothing hints at them. */
const FEED_POLL_MS = SECOND / 2;

export interface Server {
  app: App;
  firstStart: FirstStart;
  /** Ends background work and closes the database, after the app has closed. */
  stop(): Promise<void>;
}

/** Builds everything from the configuration and wires it together. The caller makes the app listen. */
export async function buildServer(
  config: Config,
  options: { secretKey: string; version: string; log: Logger; clock?: Clock },
): Promise<Server> {
  const { log, clock = Date.now } = options;
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const mails = await MailTemplates.load({ overrideDir: config.mail.templatesDir });
  const onConnectionError = (error: Error) => log.warn({ reason: error.message }, 'database connection lost');
  const readLimitMs = config.querySeconds * SECOND;
  const db = await openDatabase(config.database, { onConnectionError, readLimitMs });

  const signer = new TokenSigner({ ...config.secrets, secretKey: options.secretKey, clock });
  const cache = new AccessCache({ reader: db.reader, clock });
  const authenticator = new Authenticator({ signer, cache, clock });
  const limiter = new AttemptLimiter({ db, clock });
  const hasher = new PasswordHasher();
  const { tokens: lifetimes, signup } = config;
  const services: Services = { db, clock, hasher, signer, limiter, mails, lifetimes, signup };

  const mailWorker = new MailWorker({ db, config: config.mail, log: log.child({ part: 'mail' }), clock });
  db.onWake('access', () => cache.invalidate());
  db.onWake('mail', () => mailWorker.wake());
  const onError = (error: unknown) => log.warn({ err: error }, 'background work failed, it is tried again');
  const uses = new TokenUseRecorder({ db, authenticator, onError });
  const housekeeping = new Housekeeping({
    db,
    limiter,
    clock,
    kept: keptFor(config),
    everyMs: config.housekeepingSeconds * SECOND,
    onError,
  });

  const tracing = config.tracing && (await openTracing(config.tracing, options.version));
  const metrics = new Metrics();
  const feed = new EventFeed({ db, pollMs: FEED_POLL_MS, onError });
  const recorder = new ProgressRecorder({ db, onError });
  const poppers = new ListPoppers({ db, clock, onError });
  const onGap = ({ id, channel, username, missed }: Gap) => {
    metrics.eventsLost.inc({ reader: 'listen' }, missed);
    log.warn(
      { subscription: id, channel, user: username, missed },
      'events were removed before they were fetched',
    );
  };
  const keepAliveMs = config.events.keepAliveSeconds * SECOND;
  const self = crypto.randomUUID();
  const isShared = config.database.engine === 'postgres';
  const listeners = new Listeners({
    ...{ reader: db.reader, feed, recorder, clock, self, isShared, keepAliveMs, onGap },
  });
  metrics.gauge('kci_listeners', 'Subscriptions that somebody listens to', () => listeners.size);

  const onGroupGap = ({ group, username, missed }: GroupGap) => {
    metrics.eventsLost.inc({ reader: 'group' }, missed);
    log.warn({ group, user: username, missed }, 'events were removed before they were fetched');
  };
  const groupClaims = new GroupClaims({ db, feed, clock, onGap: onGroupGap, onError });

  const { waiting: all, waitingPerAddress: perAddress } = config.events;
  const waitingLimit = new WaitingLimit({ authenticator, all, perAddress });
  metrics.gauge(
    'kci_feed_waiting',
    'Connections without a token that wait for the feed',
    () => waitingLimit.size,
  );

  const { allowPrivate, backoffSeconds, retrySeconds } = config.webhooks;
  const sender = new WebhookSender({ allowPrivate, version: options.version, clock });
  const webhookWorker = new WebhookWorker({
    ...{ db, feed, sender, mails, metrics, clock, onError },
    timing: { backoffMs: backoffSeconds * SECOND, retryMs: retrySeconds * SECOND },
    log: log.child({ part: 'webhooks' }),
    apiUrl: () => routes.urls.forAnyone(),
  });
  metrics.gauge('kci_webhooks', 'Webhooks that are delivered to', () => webhookWorker.size);

  const lifecycle = new LifecycleWorker({
    ...{ db, feed, clock, onError },
    onChanged: (rule, count) => metrics.lifecycleChanges.inc({ rule }, count),
  });

  const firstStart = await prepareFirstStart(services, config.firstAdmin).catch(async (error: unknown) => {
    await db.close();
    throw error;
  });
  const routes: RouteDeps = {
    services,
    urls: {
      forAdmin: (request) => config.http.publicBaseUrl ?? (originOf(request) || listeningUrl(app, config)),
      forAnyone: () => config.http.publicBaseUrl ?? listeningUrl(app, config),
    },
    creator: new NodeCreator({ db, clock }),
    ...{ self, metrics, feed, listeners, poppers, groupClaims, waitingLimit },
    webhooks: { sender, worker: webhookWorker },
    mailFile: (id) => outboxFile(config.mail, id),
    checkReady: async () => {
      await db.ping();
      if (!(await isMigrated(db.reader)))
        throw new StoreUnavailable('the schema is not that of this release');
    },
  };
  const app = await buildApp({
    log,
    version: options.version,
    ...config.http,
    authenticator,
    tracer: tracing?.tracer,
    translateError: db.dialect.translateError,
    routes,
  });
  await feed.start();
  poppers.start();
  webhookWorker.start();
  if (config.lifecycle) lifecycle.start();
  cache.start();
  uses.start();
  mailWorker.start();
  housekeeping.start();
  return {
    app,
    firstStart,
    stop: async () => {
      cache.stop();
      await lifecycle.stop();
      await webhookWorker.stop();
      await feed.stop();
      await groupClaims.stop();
      await listeners.stop();
      await recorder.stop();
      await poppers.stop();
      await housekeeping.stop();
      await uses.stop().catch(onError);
      await mailWorker.stop();
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
