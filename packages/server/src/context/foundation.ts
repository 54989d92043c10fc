import { mkdirSync } from 'node:fs';
import { SECOND } from '@kernelci/model';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { AccessCache } from '../domain/access/access-cache.ts';
import { AttemptLimiter } from '../domain/access/attempt-limiter.ts';
import { Authenticator } from '../domain/access/authenticator.ts';
import type { Clock } from '../domain/clock.ts';
import { PasswordHasher } from '../domain/passwords/password-hasher.ts';
import { TokenSigner } from '../domain/tokens/token-signer.ts';
import { MailTemplates } from '../mail/templates.ts';
import { Metrics } from '../metrics.ts';
import { openDatabase } from '../store/open.ts';
import { measured } from './measured-database.ts';
import { replicaOptions, showReplicas } from './replicas.ts';
import type { Tools } from './tools.ts';

export interface FoundationOptions {
  secretKey: string;
  version: string;
  log: Logger;
  clock: Clock;
}

/** Opens the database and builds what everything else is built with. */
export async function layFoundation(config: Config, options: FoundationOptions): Promise<Tools> {
  const { log, clock, secretKey, version } = options;
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const mails = await MailTemplates.load({ overrideDir: config.mail.templatesDir });
  const onConnectionError = (error: Error) => log.warn({ reason: error.message }, 'database connection lost');
  const readLimitMs = config.querySeconds * SECOND;
  const replicas = replicaOptions(config, log);
  const metrics = new Metrics();
  const opened = await openDatabase(config.database, { onConnectionError, readLimitMs, ...replicas });
  const db = measured(opened, metrics);
  showReplicas(metrics, db.replicas);

  const signer = new TokenSigner({ ...config.secrets, secretKey, clock });
  const cache = new AccessCache({ reader: db.reader, clock });
  db.onWake('access', () => cache.invalidate());
  const authenticator = new Authenticator({ signer, cache, clock });
  const limiter = new AttemptLimiter({ db, clock });
  const hasher = new PasswordHasher();
  const { tokens: lifetimes, signup } = config;
  const services = { db, clock, hasher, signer, limiter, mails, lifetimes, signup };
  const onError = (error: unknown) => log.warn({ err: error }, 'background work failed, it is tried again');
  return { config, version, log, services, cache, authenticator, metrics, onError };
}
