import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { AccessCache } from '../domain/access/access-cache.ts';
import type { Authenticator } from '../domain/access/authenticator.ts';
import type { Services } from '../domain/services.ts';
import type { Metrics } from '../metrics.ts';

/** What all parts of the server are built with. */
export interface Tools {
  config: Config;
  version: string;
  log: Logger;
  services: Services;
  cache: AccessCache;
  authenticator: Authenticator;
  metrics: Metrics;
  /** For work in the background, which is tried again. */
  onError: (error: unknown) => void;
}

/** Work in the background. */
export interface Part {
  start(): void | Promise<void>;
  stop(): void | Promise<void>;
}
