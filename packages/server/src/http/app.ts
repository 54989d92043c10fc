import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { Tracer } from '@opentelemetry/api';
import { type FastifyBaseLogger, fastify, LogController } from 'fastify';
import type { Authenticator } from '../domain/access/authenticator.ts';
import { answerBrokenRequest } from './broken-request.ts';
import { errorHandler } from './error-handler.ts';
import { registerHandingOver } from './handing-over.ts';
import { routeUrl } from './paths.ts';
import { registerApiDocs } from './plugins/api-docs.ts';
import { registerAuthentication } from './plugins/authentication.ts';
import { registerBodyParser } from './plugins/body-parser.ts';
import { registerClosing } from './plugins/closing.ts';
import { registerCors } from './plugins/cors.ts';
import { registerNotFound } from './plugins/not-found.ts';
import { logUnrouted, registerRequestLog } from './plugins/request-log.ts';
import { registerTextCheck } from './plugins/text-check.ts';
import { registerVersionCheck } from './plugins/version-check.ts';
import type { RouteDeps } from './route-deps.ts';
import { registerRoutes } from './routes/index.ts';
import { serializerCompiler } from './serialization.ts';
import type { App } from './server-types.ts';
import { validatorCompiler } from './validation/compiler.ts';

const BODY_LIMIT = 32 * 1024 * 1024;
/** Longer than the minute for which proxies keep idle connections: the side that closes first must be theirs. */
const KEEP_ALIVE_MS = 75_000;
const REQUEST_TIMEOUT_MS = 300_000;
const PARAM_MAX_LENGTH = 1000;

export interface AppOptions {
  log: FastifyBaseLogger;
  version: string;
  trustedProxies: string[];
  corsOrigins: string[];
  authenticator: Authenticator;
  /** Undefined: no traces. */
  tracer: Tracer | undefined;
  translateError: (error: unknown) => unknown;
  routes: RouteDeps;
}

/** An id that a proxy gave the request, when it looks like one; a new one otherwise. */
function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:/+=-]{1,128}$/.test(given) ? given : randomUUID();
}

function newFastify(options: AppOptions): App {
  const handleError = errorHandler(options.translateError);
  const app = fastify({
    loggerInstance: options.log,
    genReqId: requestId,
    logController: new LogController({ disableRequestLogging: true }),
    // A logger for each request costs more than the one line it writes: lines name the request themselves.
    childLoggerFactory: (log) => log,
    trustProxy: options.trustedProxies.length > 0 ? options.trustedProxies : false,
    bodyLimit: BODY_LIMIT,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    rewriteUrl: routeUrl,
    routerOptions: {
      maxParamLength: PARAM_MAX_LENGTH,
      // A key that is given twice counts with its last value, as it does for the existing server.
      querystringParser: (text) => Object.fromEntries(new URLSearchParams(text)),
    },
    frameworkErrors: (error, request, reply) => {
      logUnrouted(request, reply);
      handleError(error, request, reply);
    },
    clientErrorHandler: answerBrokenRequest,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
  });
  return app.withTypeProvider<TypeBoxTypeProvider>();
}

/** The HTTP server, everything registered, not yet listening. */
export async function buildApp(options: AppOptions): Promise<App> {
  const app = newFastify(options);
  app.setValidatorCompiler(validatorCompiler());
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(errorHandler(options.translateError));
  registerRequestLog(app);
  if (options.tracer !== undefined) {
    // Loaded when it is wanted, as all that makes traces.
    const { registerTracing } = await import('./plugins/tracing.ts');
    registerTracing(app, options.tracer);
  }
  registerClosing(app);
  registerHandingOver(app);
  registerVersionCheck(app);
  if (options.corsOrigins.length > 0) await registerCors(app, options.corsOrigins);
  registerNotFound(app);
  await registerApiDocs(app, options.version);
  registerAuthentication(app, options.authenticator);
  registerBodyParser(app);
  registerTextCheck(app);
  registerRoutes(app, options.routes);
  await app.ready();
  return app;
}
