import { resolve } from 'node:path';
import type { DatabaseLocation } from '../store/open.ts';
import type { TracingConfig } from '../tracing.ts';
import { type Env, EnvReader } from './env-reader.ts';

export type SignupMode = 'off' | 'open' | 'approval';
export type JwtAlgorithm = 'HS256' | 'HS384' | 'HS512';

export interface MailConfig {
  /** Without a server, mails are written to the folder. */
  delivery:
    | { kind: 'smtp'; host: string; port: number; tls: boolean; user?: string; password?: string }
    | { kind: 'outbox'; folder: string };
  sender: string;
  /** Where the operator keeps replaced templates. */
  templatesDir: string | undefined;
}

export interface Config {
  http: {
    host: string;
    port: number;
    publicBaseUrl: string | undefined;
    trustedProxies: string[];
    corsOrigins: string[];
  };
  dataDir: string;
  database: DatabaseLocation;
  /** Copies of a PostgreSQL database that lists may come from, and how old what they answer may be. */
  replicas: { urls: string[]; stalenessSeconds: number };
  /** How long one query of nodes may take. */
  querySeconds: number;
  /** How often what has no use any more is removed. */
  housekeepingSeconds: number;
  secrets: {
    /** Unset: one is made at the first start and kept in the data folder. */
    secretKey: string | undefined;
    unifiedSecret: string | undefined;
    algorithm: JwtAlgorithm;
  };
  tokens: { loginSeconds: number; inviteSeconds: number; resetSeconds: number; verifySeconds: number };
  firstAdmin: { username: string; email: string; password: string | undefined };
  signup: SignupMode;
  mail: MailConfig;
  events: {
    /** How long events are kept. */
    keptSeconds: number;
    /** How long a listener waits before it is told that nothing happened; 0: for ever. */
    keepAliveSeconds: number;
    /** Connections without a valid token that may wait for entries of the feed, in all and from one address. */
    waiting: number;
    waitingPerAddress: number;
  };
  telemetry: {
    /** How long it is kept. */
    keptSeconds: number;
  };
  webhooks: {
    /** Whether they may be sent to addresses that are not on the public internet. */
    allowPrivate: boolean;
    /** The wait after the first failed attempt. */
    backoffSeconds: number;
    /** How long a delivery is tried. */
    retrySeconds: number;
  };
  /** Whether time changes nodes: timeouts, holdoffs, closing. */
  lifecycle: boolean;
  /** For how long; 0: for ever. */
  retention: {
    nodeDays: number;
    auditSeconds: number;
    idempotencySeconds: number;
    /** Beyond their expiry. */
    tokenSeconds: number;
  };
  /** Undefined: no traces. */
  tracing: TracingConfig | undefined;
  logLevel: string;
}

const TEN_YEARS = 315_360_000;
const WEEK = 604_800;
const DAY = 86_400;
const HOUR = 3600;
const CENTURY_DAYS = 36_500;

/** The database that `postgres://…` or `sqlite:…` names; undefined when the text names none. */
export function databaseAt(url: string): DatabaseLocation | undefined {
  if (/^postgres(ql)?:\/\//.test(url)) return { engine: 'postgres', url };
  if (!/^sqlite:./.test(url)) return undefined;
  return { engine: 'sqlite', file: resolve(url.slice('sqlite:'.length).replace(/^\/\//, '')) };
}

function readDatabase(env: EnvReader, dataDir: string): DatabaseLocation {
  const url = env.text('DATABASE_URL');
  if (url === undefined) return { engine: 'sqlite', file: resolve(dataDir, 'kernelci.db') };
  const location = databaseAt(url);
  if (location !== undefined) return location;
  env.complain('DATABASE_URL', 'set postgres://user:password@host/database, or leave it unset for SQLite');
  return { engine: 'sqlite', file: '' };
}

function readReplicas(env: EnvReader, database: DatabaseLocation): string[] {
  const name = 'DATABASE_REPLICA_URLS';
  const urls = [...new Set(env.list(name))];
  const wrong = urls.findIndex((url) => databaseAt(url)?.engine !== 'postgres' || !URL.canParse(url));
  if (wrong >= 0)
    env.complain(name, `number ${wrong + 1} is no address such as postgres://user:password@host/database`);
  else if (urls.length > 0 && database.engine !== 'postgres')
    env.complain(name, 'only PostgreSQL has replicas: name their primary in DATABASE_URL, or leave it unset');
  return urls;
}

function readMail(env: EnvReader, dataDir: string): MailConfig {
  const host = env.text('SMTP_HOST');
  const port = env.port('SMTP_PORT', 587);
  const sender = env.mailbox('EMAIL_SENDER');
  const templatesDir = env.text('KCI_TEMPLATES_DIR');
  const common = { templatesDir: templatesDir === undefined ? undefined : resolve(templatesDir) };
  if (host === undefined) {
    const folder = resolve(dataDir, 'outbox');
    return { ...common, sender: sender ?? 'kernelci-api@localhost', delivery: { kind: 'outbox', folder } };
  }
  const user = env.text('SMTP_USER') ?? sender;
  const password = env.secret('EMAIL_PASSWORD');
  if (sender === undefined)
    env.complain('EMAIL_SENDER', 'set the address that mails come from: SMTP_HOST is set');
  const login = password === undefined || user === undefined ? {} : { user, password };
  return {
    ...common,
    sender: sender ?? '',
    delivery: { kind: 'smtp', host, port, tls: port === 465, ...login },
  };
}

/** By the standard variables of OpenTelemetry; where traces go, its library reads itself. */
function readTracing(env: EnvReader): TracingConfig | undefined {
  const isOff = env.oneOf('OTEL_SDK_DISABLED', ['true', 'false'], 'false') === 'true';
  const exporter = env.oneOf('OTEL_TRACES_EXPORTER', ['otlp', 'none'], 'otlp');
  const endpoint = env.url('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? env.url('OTEL_EXPORTER_OTLP_ENDPOINT');
  const ratio = env.ratio('OTEL_TRACES_SAMPLER_ARG', 1);
  return isOff || exporter === 'none' || endpoint === undefined ? undefined : { ratio };
}

/**
 * The configuration that the environment gives.
 * Throws `ConfigError`, which lists every setting that is wrong and what would be right.
 */
export function readConfig(variables: Env): Config {
  const env = new EnvReader(variables);
  const dataDir = resolve(env.text('KCI_DATA_DIR') ?? './data');
  const database = readDatabase(env, dataDir);
  const config: Config = {
    http: {
      host: env.text('KCI_HOST') ?? '127.0.0.1',
      port: env.port('KCI_PORT', 8001),
      publicBaseUrl: env.url('PUBLIC_BASE_URL')?.replace(/\/+$/, ''),
      trustedProxies: env.addresses('KCI_TRUSTED_PROXIES'),
      corsOrigins: env.origins('KCI_CORS_ORIGINS'),
    },
    dataDir,
    database,
    replicas: {
      urls: readReplicas(env, database),
      stalenessSeconds: env.positive('KCI_REPLICA_STALENESS_SECONDS', 1),
    },
    querySeconds: env.positive('KCI_QUERY_TIMEOUT_SECONDS', 30),
    housekeepingSeconds: env.positive('KCI_HOUSEKEEPING_SECONDS', 600),
    secrets: {
      secretKey: env.secret('SECRET_KEY'),
      unifiedSecret: env.secret('UNIFIED_SECRET'),
      algorithm: env.oneOf('ALGORITHM', ['HS256', 'HS384', 'HS512'], 'HS256'),
    },
    tokens: {
      loginSeconds: env.positive('ACCESS_TOKEN_EXPIRE_SECONDS', TEN_YEARS),
      inviteSeconds: env.positive('INVITE_TOKEN_EXPIRE_SECONDS', WEEK),
      resetSeconds: env.positive('RESET_TOKEN_EXPIRE_SECONDS', HOUR),
      verifySeconds: env.positive('VERIFY_TOKEN_EXPIRE_SECONDS', HOUR),
    },
    firstAdmin: {
      username: env.line('KCI_INITIAL_ADMIN_USERNAME') ?? 'admin',
      email: env.email('KCI_INITIAL_ADMIN_EMAIL') ?? 'admin@kernelci.org',
      password: env.newPassword('KCI_INITIAL_PASSWORD'),
    },
    signup: env.oneOf('KCI_SIGNUP', ['off', 'open', 'approval'], 'off'),
    mail: readMail(env, dataDir),
    events: {
      keptSeconds: env.positive('EVENT_HISTORY_TTL_SECONDS', WEEK),
      keepAliveSeconds: env.whole('KEEP_ALIVE_PERIOD', 45),
      waiting: env.whole('KCI_FEED_WAITING', 2000),
      waitingPerAddress: env.whole('KCI_FEED_WAITING_PER_ADDRESS', 50),
    },
    telemetry: { keptSeconds: env.positive('TELEMETRY_TTL_SECONDS', 2 * WEEK) },
    webhooks: {
      allowPrivate: env.oneOf('KCI_WEBHOOK_ALLOW_PRIVATE', ['off', 'on'], 'off') === 'on',
      backoffSeconds: env.positive('KCI_WEBHOOK_BACKOFF_SECONDS', 5),
      retrySeconds: env.positive('KCI_WEBHOOK_RETRY_SECONDS', 3 * DAY),
    },
    lifecycle: env.oneOf('KCI_LIFECYCLE', ['on', 'off'], 'on') === 'on',
    retention: {
      nodeDays: env.upTo('NODE_PURGE_AGE_DAYS', 180, CENTURY_DAYS),
      auditSeconds: env.whole('AUDIT_TTL_SECONDS', 0),
      idempotencySeconds: env.positive('IDEMPOTENCY_TTL_SECONDS', DAY),
      tokenSeconds: env.positive('EXPIRED_TOKEN_TTL_SECONDS', WEEK),
    },
    tracing: readTracing(env),
    logLevel: env.oneOf('LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'info'),
  };
  env.throwIfWrong();
  return config;
}
