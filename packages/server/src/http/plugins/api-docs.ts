import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { ErrorBody, type Scope, ValidationErrorBody } from '@kernelci/model';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Access } from '../access.ts';
import { pageSource } from '../page.ts';
import type { App } from '../server-types.ts';

interface RouteConfig {
  access?: Access;
  scope?: Scope;
  form?: boolean;
}

const FORM_TYPE = 'application/x-www-form-urlencoded';

type Schema = Record<string, unknown>;

const isSchema = (value: unknown): value is Schema => value !== null && typeof value === 'object';

/** What has a default need not be sent. */
function requiredOf({ required, properties }: Schema): unknown {
  if (!Array.isArray(required) || !isSchema(properties)) return required;
  const needed = required.filter((name) => !('default' in Object(properties[name])));
  return needed.length > 0 ? needed : undefined;
}

/** The schema as people should read it: what the validator understands of a boolean is wider than what to send. */
function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (!isSchema(value)) return value;
  const { looseBoolean, required, ...rest } = value;
  const plain = Object.fromEntries(Object.entries(rest).map(([key, item]) => [key, readable(item)]));
  const needed = requiredOf(value);
  return {
    ...plain,
    ...(looseBoolean === undefined ? {} : { type: 'boolean' }),
    ...(needed === undefined ? {} : { required: readable(needed) }),
  };
}

/** A query with filters beside its parameters: OpenAPI has them as the fields of one more. */
function withFilters(query: unknown): unknown {
  if (!isSchema(query)) return query;
  const { additionalProperties, patternProperties, properties, ...known } = query;
  if (!isSchema(additionalProperties ?? patternProperties)) return query;
  const filters = { type: 'object', additionalProperties: { type: 'string' }, description: 'field=value' };
  return { ...known, properties: { ...(properties ?? {}), filters } };
}

function documented(schema: Schema): Schema {
  const { querystring, ...rest } = schema;
  const query = querystring === undefined ? {} : { querystring: readable(withFilters(querystring)) };
  return { ...(readable(rest) as Schema), ...query };
}

const refusal = (description: string) => ({ ...ErrorBody, description });
const BAD_ADDRESS = {
  400: refusal('The address is not well-formed'),
  414: refusal('A name in the address is too long'),
};
const TOO_MUCH_BODY = { 413: refusal('The body is too large') };
const ANYWHERE = {
  422: { ...ValidationErrorBody, description: 'Something in the request has the wrong form' },
  431: refusal('The address and the headers together are too large'),
};

/** What is refused before any route is asked. What the route says of the same status goes first. */
function withRefusals(url: string, { response, ...schema }: Schema): Schema {
  return {
    ...schema,
    response: {
      ...(url.includes(':') ? BAD_ADDRESS : {}),
      ...(schema.body === undefined ? {} : TOO_MUCH_BODY),
      ...ANYWHERE,
      ...(response as Schema | undefined),
    },
  };
}

function needs({ access, scope }: RouteConfig): string | undefined {
  if (access === 'admin') return 'Needs an account with admin rights and a token with the `admin` scope.';
  return scope === undefined ? undefined : `Needs a token with the \`${scope}\` scope.`;
}

const POLICY = [
  "default-src 'self'",
  // Swagger UI has images and a few styles inside its script.
  "img-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

/** Swagger UI's page, fit for narrow screens, and with addresses that are right below any prefix. */
const ownPage = (html: string): string =>
  html
    .replace('<head>', '<head>\n<meta name="viewport" content="width=device-width, initial-scale=1">')
    .replaceAll('"/docs/static/', '"docs/static/');

/** Where the API is, as seen from the document at `docs/json`: what is tried out goes the way the page came. */
const serverFrom = (request: FastifyRequest): string =>
  /^\/+(latest|v0)\//.test(request.originalUrl) ? '..' : '../latest';

/** The pages below `/docs`. */
async function registerBrowser(app: FastifyInstance): Promise<void> {
  app.addHook('onSend', async (_request, reply, payload) => {
    reply.header('content-security-policy', POLICY);
    return typeof payload === 'string' && payload.includes('<head>') ? ownPage(payload) : payload;
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { deepLinking: true, tryItOutEnabled: true, layout: 'BaseLayout' },
    theme: {
      title: 'KernelCI API',
      css: [{ filename: 'kernelci.css', content: pageSource('docs.css') }],
      js: [{ filename: 'kernelci.js', content: pageSource('docs.js') }],
    },
    transformSpecificationClone: false,
    transformSpecification: (document, request) => ({ ...document, servers: [{ url: serverFrom(request) }] }),
    logLevel: 'warn',
  });
}

/** The OpenAPI document, made from the routes' schemas, and a page to browse it. Register before the routes. */
export async function registerApiDocs(app: App, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'KernelCI API',
        version,
        description: 'Nodes, accounts and events of the Linux kernel’s continuous integration.',
        license: { name: 'LGPL-2.1-or-later', identifier: 'LGPL-2.1-or-later' },
      },
      servers: [{ url: '/latest' }],
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    },
    transform: ({ schema, url, route }) => {
      const config = (route.config ?? {}) as RouteConfig;
      const description = [schema?.description, needs(config)].filter(Boolean).join(' ');
      return {
        url,
        schema: {
          ...documented(withRefusals(url, (schema ?? {}) as Schema)),
          ...(description === '' ? {} : { description }),
          ...(config.form ? { consumes: [FORM_TYPE] } : {}),
          security: config.access === 'public' ? [] : [{ token: [] }],
        },
      };
    },
  });
  await app.register(registerBrowser);
  app.get('/openapi.json', {
    config: { access: 'public' },
    schema: {
      tags: ['service'],
      summary: 'This description of the API, in OpenAPI 3.1',
      response: { 200: Type.Object({}, { additionalProperties: true }) },
    },
    handler: async () => app.swagger() as Record<string, unknown>,
  });
}
