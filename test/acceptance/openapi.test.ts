import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { adminToken } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { call } from '../helpers/http.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

interface Operation {
  summary?: string;
  description?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  requestBody?: {
    content: Record<string, { schema: { required?: string[]; properties?: Record<string, unknown> } }>;
  };
  parameters?: { name: string; in: string; required?: boolean; schema: { default?: unknown } }[];
  responses: Record<string, { description: string; content?: Record<string, unknown> }>;
}

interface Document {
  openapi: string;
  info: { title: string; version: string };
  servers: { url: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { securitySchemes: Record<string, { type: string; scheme: string }> };
}

const ACCOUNT_ROUTES = [
  'GET /',
  'GET /health',
  'GET /ready',
  'GET /openapi.json',
  'POST /user/login',
  'POST /user/logout',
  'GET /whoami',
  'POST /user/token',
  'GET /user/tokens',
  'DELETE /user/tokens/{id}',
  'GET /users',
  'GET /user/{id}',
  'PATCH /user/{id}',
  'DELETE /user/{id}',
  'PATCH /user/me',
  'POST /user/register',
  'POST /user/request-verify-token',
  'POST /user/verify',
  'POST /user/forgot-password',
  'POST /user/reset-password',
  'POST /user/update-password',
  'POST /user/invite',
  'GET /user/invite/url',
  'POST /user/accept-invite',
  'POST /user/signup',
  'GET /user/signups',
  'POST /user/signups/{id}/approve',
  'POST /user/signups/{id}/reject',
  'GET /user-groups',
  'POST /user-groups',
  'GET /user-groups/{id}',
  'DELETE /user-groups/{id}',
  'GET /groups',
  'POST /group',
  'GET /group/{id}',
  'DELETE /group/{id}',
  'GET /audit',
];

const FORMS = ['/user/login', '/user/token', '/user/update-password'];
const OF_NOTHING = '000000000000000000000000';

forEachEngine('the description of the API', (engine) => {
  let server: TestServer;
  let document: Document;
  let operations: [route: string, method: string, path: string, operation: Operation][];

  before(async () => {
    server = await startServer({ engine });
    document = (await call<Document>(server, 'GET', '/latest/openapi.json')).body;
    operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]): (typeof operations)[number] => [
        `${method.toUpperCase()} ${path}`,
        method.toUpperCase(),
        path,
        operation,
      ]),
    );
  });

  /** Asks, and reads the answer when it is JSON: a stream would have no end. */
  const send = async (method: string, path: string, token?: string) => {
    const url = `${server.url}/latest${path.replaceAll(/\{[^}]+\}/g, OF_NOTHING)}`;
    const authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    const response = await fetch(url, {
      ...{ method, redirect: 'manual' },
      headers: { Accept: 'application/json', ...authorization },
    });
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    const body: unknown = isJson ? await response.json() : await response.body?.cancel();
    return { status: response.status, body };
  };

  test('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const result = await validator.validate({ ...structuredClone(document) });
    assert.deepEqual(result.errors ?? [], []);
    assert.equal(result.valid, true);
    assert.equal(validator.version, '3.1');
    assert.match(document.openapi, /^3\.1\./);
    assert.match(document.info.version, /^\d+\.\d+\.\d+/);
  });

  test('lists every route of accounts', () => {
    const listed = new Set(operations.map(([route]) => route));
    assert.deepEqual(
      ACCOUNT_ROUTES.filter((route) => !listed.has(route)),
      [],
    );
  });

  test('lists nothing that is not there', async () => {
    const admin = await adminToken(server);
    // Whoever takes an item waits until there is one.
    const item = { token: admin, json: { data: 1 } };
    assert.equal((await call(server, 'POST', `/latest/push/${OF_NOTHING}`, item)).status, 200);
    for (const [route, method, path] of operations) {
      if (method === 'POST' && path === '/user/logout') continue;
      const { status, body } = await send(method, path, admin);
      assert.notEqual(status, 405, route);
      assert.ok(
        status !== 404 || (path.includes('{') && JSON.stringify(body) !== undefined),
        `${route}: ${status}`,
      );
      assert.ok(status < 500, `${route}: ${status}`);
    }
  });

  test('says of each operation what it is for', () => {
    for (const [route, , , { summary, tags, responses }] of operations) {
      assert.ok(summary !== undefined && summary.length > 5, route);
      assert.equal(tags?.length, 1, route);
      assert.ok(
        Object.keys(responses).some((status) => /^2/.test(status)),
        route,
      );
    }
  });

  test('says truly which operations need a token', async () => {
    assert.deepEqual(document.components.securitySchemes.token, {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
    });
    for (const [route, method, path, { security }] of operations) {
      const { status } = await send(method, path);
      if (status === 401) assert.deepEqual(security, [{ token: [] }], route);
      else assert.deepEqual(security, [], route);
    }
  });

  test('lists the refusals of what needs a token', () => {
    for (const [route, , , { security, responses, description = '' }] of operations) {
      if (security?.length === 0) continue;
      assert.ok(responses['401'], `${route}: 401`);
      if (/`\w+` scope/.test(description)) assert.ok(responses['403'], `${route}: 403`);
    }
  });

  test('lists what is refused before a route is asked', async () => {
    for (const [route, , path, { requestBody, responses }] of operations) {
      const expected = [
        '422',
        '431',
        ...(path.includes('{') ? ['400', '414'] : []),
        ...(requestBody ? ['413'] : []),
      ];
      assert.deepEqual(
        expected.filter((status) => responses[status] === undefined),
        [],
        route,
      );
    }
    const statuses = [];
    for (const address of ['node/%zz', `node/${'a'.repeat(1001)}`, '?a=%00', `?${'a'.repeat(20_000)}`]) {
      statuses.push((await call(server, 'GET', `/latest/${address}`)).status);
    }
    assert.deepEqual(statuses, [400, 414, 422, 431]);
  });

  test('says what is a form and what is JSON', () => {
    for (const [route, , path, { requestBody }] of operations) {
      if (requestBody === undefined) continue;
      const type = FORMS.includes(path) ? 'application/x-www-form-urlencoded' : 'application/json';
      assert.deepEqual(Object.keys(requestBody.content), [type], route);
      const { schema } = requestBody.content[type] ?? {};
      if (path.startsWith('/user')) assert.ok(Object.keys(schema?.properties ?? {}).length > 0, route);
    }
  });

  test('names the parameters in paths', () => {
    for (const [route, , path, { parameters = [] }] of operations) {
      const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]);
      assert.deepEqual(
        parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name),
        inPath,
        route,
      );
    }
  });

  test('demands nothing that has a default', () => {
    for (const [route, , , { parameters = [], requestBody }] of operations) {
      for (const { name, required, schema } of parameters) {
        assert.ok(!(required === true && 'default' in schema), `${route}: ${name}`);
      }
      for (const { schema } of Object.values(requestBody?.content ?? {})) {
        const demanded = (schema.required ?? []).filter(
          (name) => 'default' in Object(schema.properties?.[name]),
        );
        assert.deepEqual(demanded, [], route);
      }
    }
    const invite = document.paths['/user/invite']?.post?.requestBody?.content['application/json']?.schema;
    assert.deepEqual(invite?.required, ['username', 'email']);
  });

  test('tells of the filters of a list', () => {
    for (const path of ['/users', '/nodes', '/nodes/fast', '/count']) {
      const names = document.paths[path]?.get?.parameters?.map(({ name }) => name) ?? [];
      assert.equal(names.at(-1), 'filters', path);
      assert.equal(names.includes('limit'), path !== '/count', path);
    }
  });

  test('has no words that only the validator of the server knows', () => {
    assert.doesNotMatch(JSON.stringify(document), /looseBoolean/);
  });

  test('is browsable below /docs', async () => {
    for (const path of ['/docs', '/latest/docs/']) {
      const { status, headers, text } = await call(server, 'GET', path, { headers: { Accept: 'text/html' } });
      assert.equal(status, 200, path);
      assert.match(headers.get('content-type') ?? '', /^text\/html/);
      assert.match(text, /swagger/i);
    }
  });
});
