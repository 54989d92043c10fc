import assert from 'node:assert/strict';
import { request } from 'node:http';
import { before, test } from 'node:test';
import { type Account, addAccount, adminToken, type Detail, type Problem } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { type CallOptions, call } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { exchangeRaw } from '../helpers/raw-http.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const LIMIT = 32 * 1024 * 1024;

forEachEngine('bodies', (engine) => {
  let server: TestServer;
  let admin: string;
  let alice: Account;

  before(async () => {
    server = await startServer({ engine });
    admin = await adminToken(server);
    alice = await addAccount(server, admin);
  });

  const post = <Body>(path: string, options: CallOptions) =>
    call<Body>(server, 'POST', `/latest${path}`, { token: admin, ...options });

  /** The problems of a request that is refused with 422. */
  async function problemsOf(path: string, options: CallOptions): Promise<Problem[]> {
    const { status, body, text } = await post<{ detail: Problem[] }>(path, options);
    assert.equal(status, 422, text);
    for (const { type, loc, msg } of body.detail) {
      assert.deepEqual(
        [typeof type, Array.isArray(loc), typeof msg, msg !== ''],
        ['string', true, 'string', true],
      );
    }
    return body.detail;
  }
  const placesOf = async (path: string, options: CallOptions) =>
    (await problemsOf(path, options)).map(({ loc }) => loc.join('.'));

  test('JSON is taken without a Content-Type and with any', async () => {
    for (const type of [
      undefined,
      'application/json',
      'application/json; charset=utf-8',
      'APPLICATION/JSON',
      'application/vnd.api+json',
      'text/plain',
      'text/plain;charset=UTF-8',
      'application/octet-stream',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      const name = uniqueName('group');
      const headers: Record<string, string> = type === undefined ? {} : { 'Content-Type': type };
      const answer = await post<{ name: string }>('/user-groups', { raw: JSON.stringify({ name }), headers });
      assert.equal(answer.status, 200, `${type}: ${answer.text}`);
      assert.equal(answer.body.name, name);
    }
  });

  test('a Content-Type that is none is refused in JSON', async () => {
    for (const type of ['nonsense', ';;;', 'application/']) {
      const headers = { 'Content-Type': type };
      const answer = await post<Detail>('/user-groups', { raw: '{"name":"a"}', headers });
      assert.equal(answer.status, 415, type);
      assert.equal(typeof answer.body.detail, 'string');
    }
  });

  test('a byte order mark before JSON is no fault', async () => {
    const name = uniqueName('group');
    const { status, text } = await post('/user-groups', { raw: `\uFEFF${JSON.stringify({ name })}` });
    assert.equal(status, 200, text);
  });

  test('GET may carry a Content-Type', async () => {
    for (const type of ['application/json', 'application/json; charset=utf-8', 'nonsense']) {
      const answer = await call(server, 'GET', '/latest/whoami', {
        token: admin,
        headers: { 'Content-Type': type },
      });
      assert.equal(answer.status, 200, type);
    }
  });

  for (const [title, options] of [
    ['nothing', {}],
    ['an empty body', { raw: '' }],
    ['an empty body said to be JSON', { raw: '', headers: { 'Content-Type': 'application/json' } }],
    ['null', { json: null }],
    ['null without a Content-Type', { raw: 'null' }],
    ['an empty object', { json: {} }],
  ] as const) {
    test(`where no body is needed, ${title} will do`, async () => {
      const token = (await addAccount(server, admin)).token;
      const { status, text } = await post('/user/logout', { ...options, token });
      assert.equal(status, 204, text);
      assert.equal(text, '');
      assert.equal((await call(server, 'GET', '/latest/whoami', { token })).status, 401);
    });

    test(`where a body is needed, ${title} is refused and the body named`, async () => {
      const places = await placesOf('/user-groups', options);
      assert.deepEqual(places, [title === 'an empty object' ? 'body.name' : 'body']);
    });
  }

  test('an empty POST of HTTP/1.0 is no fault', async () => {
    const token = (await addAccount(server, admin)).token;
    const { status } = await exchangeRaw(
      server,
      `POST /latest/user/logout HTTP/1.0\r\nAuthorization: Bearer ${token}\r\nContent-Length: 0\r\n\r\n`,
    );
    assert.equal(status, 204);
  });

  for (const [raw, position] of [
    ['{"name": ', 9],
    ['{"name": "a",}', 13],
    ["{'name': 1}", 1],
    ['{"name": "a"} and more', 14],
    ['{"name": "a\nb"}', 11],
    ['[1, 2', 5],
  ] as const) {
    test(`${JSON.stringify(raw)} is no JSON, and the place is told`, async () => {
      const [problem, ...others] = await problemsOf('/user-groups', { raw });
      assert.deepEqual(others, []);
      assert.equal(problem?.type, 'json_invalid');
      assert.deepEqual(problem.loc, ['body', position]);
    });
  }

  test('JSON that only other languages read is refused', async () => {
    for (const raw of [
      'nonsense',
      '{"name": NaN}',
      '{"name": undefined}',
      "['a']",
      '[1,]',
      '{"name": 01}',
      '{',
    ]) {
      const [problem] = await problemsOf('/user-groups', { raw });
      assert.equal(problem?.type, 'json_invalid', raw);
      assert.equal(problem.loc[0], 'body');
    }
  });

  for (const [title, json] of [
    ['a list', []],
    ['a number', 1],
    ['a string', '{"name":"a"}'],
    ['true', true],
  ] as const) {
    test(`${title} is no object`, async () => {
      assert.deepEqual(await placesOf('/user-groups', { raw: JSON.stringify(json) }), ['body']);
    });
  }

  test('who comes without a valid token hears of that before anything about the body', async () => {
    for (const options of [
      { json: { bad: true } },
      { raw: '{"name": ' },
      { raw: Buffer.from([0xff, 0xfe]) },
      { raw: 'x'.repeat(LIMIT + 1) },
      {},
    ]) {
      for (const token of ['', 'not.a.token']) {
        const answer = await call(server, 'POST', '/latest/user/register', { ...options, token });
        assert.equal(answer.status, 401);
        assert.deepEqual(answer.body, { detail: 'Unauthorized' });
        assert.equal(answer.headers.get('www-authenticate'), null);
      }
    }
    const badQuery = await call(server, 'GET', '/latest/users?limit=zero&username=%00');
    assert.equal(badQuery.status, 401);
  });

  test('who may not do it hears of that before anything about the body', async () => {
    for (const path of ['/user/register', '/user/invite', '/user-groups', '/group']) {
      for (const options of [{ json: { bad: true } }, { raw: '{"name": ' }, {}]) {
        const answer = await post<Detail>(path, { ...options, token: alice.token });
        assert.equal(answer.status, 403, path);
        assert.deepEqual(answer.body, { detail: 'Forbidden' });
      }
    }
    const answer = await call(server, 'GET', '/latest/audit?limit=zero', { token: alice.token });
    assert.equal(answer.status, 403);
  });

  for (const [title, text] of [
    ['U+0000', 'a\\u0000b'],
    ['a high surrogate alone', 'a\\ud800b'],
    ['a low surrogate alone', '\\udc00'],
    ['surrogates in the wrong order', '\\udc00\\ud800'],
  ] as const) {
    test(`${title} in JSON is refused, and the place named`, async () => {
      for (const [path, raw, place] of [
        ['/user-groups', `{"name":"${text}"}`, 'body.name'],
        ['/user/register', `{"groups":["a","${text}"]}`, 'body.groups.1'],
        ['/user/reset-password', `{"token":"${text}"}`, 'body.token'],
        ['/user/register', `{"unknown":{"deep":["${text}"]}}`, 'body.unknown.deep.0'],
        ['/user-groups', `{"name":"a","${text}":1}`, 'body'],
      ] as const) {
        assert.deepEqual(await placesOf(path, { raw }), [place]);
      }
    });
  }

  test('a pair of surrogates is a character as good as any', async () => {
    const name = `${uniqueName('group')} 😀`;
    for (const raw of [
      JSON.stringify({ name }),
      JSON.stringify({ name: `${name}2` }).replace('😀', '\\ud83d\\ude00'),
    ]) {
      const { status, body } = await post<{ name: string }>('/user-groups', { raw });
      assert.equal(status, 200);
      assert.ok(body.name.startsWith(name));
    }
  });

  test('U+0000 in an address is refused, and the place named', async () => {
    for (const [method, path, place] of [
      ['GET', '/users?username=a%00', 'query.username'],
      ['GET', '/users?a%00=b', 'query'],
      ['GET', '/groups?name=%00', 'query.name'],
      ['GET', '/audit?actor=%00', 'query.actor'],
      ['GET', '/user/tokens?username=%00', 'query.username'],
      ['GET', '/user/%00', 'path.id'],
      ['DELETE', '/user/tokens/%00', 'path.id'],
      ['DELETE', '/user-groups/a%00', 'path.id'],
    ] as const) {
      const answer = await call<{ detail: Problem[] }>(server, method, `/latest${path}`, { token: admin });
      assert.equal(answer.status, 422, path);
      assert.deepEqual(
        answer.body.detail.map(({ loc }) => loc.join('.')),
        [place],
      );
    }
  });

  test('U+0000 in a form is refused, and the field named', async () => {
    const form = { username: 'a\0b', password: 'x' };
    assert.deepEqual(await placesOf('/user/login', { form }), ['body.username']);
    assert.deepEqual(await placesOf('/user/token', { form: { username: 'a', password: 'x', name: '\0' } }), [
      'body.name',
    ]);
  });

  test('bytes that are no UTF-8 are refused, not altered', async () => {
    for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]]) {
      const raw = Buffer.concat([Buffer.from('{"name":"a'), Buffer.from(bytes), Buffer.from('"}')]);
      assert.deepEqual(await placesOf('/user-groups', { raw }), ['body']);
    }
  });

  test('__proto__ changes nothing but its own request', async () => {
    const [problem] = await problemsOf('/user-groups', { raw: '{"name":"a","__proto__":{"admin":true}}' });
    assert.equal(problem?.type, 'json_invalid');
    const inner = await problemsOf('/user/register', { raw: '{"groups":[{"__proto__":{"name":"x"}}]}' });
    assert.equal(inner[0]?.type, 'json_invalid');
    for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const form = { username: 'nobody-of-this-name', password: 'x', [key]: 'y' };
      assert.equal((await post('/user/login', { form })).status, 400, key);
    }
    for (const key of ['constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
      const { status, body } = await call<{ total: number }>(server, 'GET', `/latest/users?${key}=x`, {
        token: admin,
      });
      assert.deepEqual([status, body.total], [200, 0], key);
    }
    const query = await call(server, 'GET', '/latest/users?__proto__=x', { token: admin });
    assert.equal(query.status, 400);
    assert.equal((await call(server, 'GET', '/latest/whoami', { token: alice.token })).status, 200);
    assert.equal((await post('/user-groups', { json: { name: 'a' }, token: alice.token })).status, 403);
  });

  test('what is nested without measure is refused', async () => {
    for (const depth of [201, 5000, 100_000, 1_000_000]) {
      const deep = '['.repeat(depth) + ']'.repeat(depth);
      assert.deepEqual(await placesOf('/user-groups', { raw: deep }), ['body.0'], `${depth}`);
      assert.deepEqual(await placesOf('/user-groups', { raw: `{"name":${deep}}` }), ['body.name']);
      assert.deepEqual(await placesOf('/user-groups', { raw: `{"name":"a","b":{"c":${deep}}}` }), ['body.b']);
    }
  });

  test('millions of wrong things are refused as one is', async () => {
    const many = Array.from({ length: 5_000_000 }, () => 1).join();
    const register = { username: 'a', email: 'a@example.org', password: 'a password' };
    const raw = JSON.stringify({ ...register, groups: [] }).replace('[]', `[${many}]`);
    assert.deepEqual(await placesOf('/user/register', { raw }), ['body.groups']);
    assert.deepEqual(await placesOf('/user-groups', { raw: `[${many}]` }), ['body']);
  });

  test('all that is wrong is named, each place once', async () => {
    const places = await placesOf('/user/register', {
      json: { username: ' a\n', email: 'nope', is_superuser: 'maybe', groups: ['fine', 1, null] },
    });
    assert.deepEqual(places.sort(), [
      'body.email',
      'body.groups.1',
      'body.groups.2',
      'body.is_superuser',
      'body.password',
      'body.username',
    ]);
  });

  test('what was sent is told back, but for secrets and what is long', async () => {
    const json = { username: 5, email: 'e'.repeat(300), password: 12345678, groups: {} };
    const problems = await problemsOf('/user/register', { json });
    const inputs = Object.fromEntries(problems.map(({ loc, input }) => [loc.at(-1), input]));
    assert.deepEqual(inputs, { username: 5, email: null, password: null, groups: {} });
    const whole = await post('/user/register', { json: [{ password: 'my secret password' }] });
    assert.equal(whole.status, 422);
    assert.doesNotMatch(whole.text, /my secret/);
  });

  test('a body just as long as the limit is read, one byte more is not', async () => {
    const name = uniqueName('group');
    const start = `{"name":"${name}","padding":"`;
    const fits = `${start}${'p'.repeat(LIMIT - start.length - 2)}"}`;
    assert.equal(fits.length, LIMIT);
    assert.equal((await post('/user-groups', { raw: fits })).status, 200);
    const over = await post<Detail>('/user-groups', { raw: `${fits} ` });
    assert.equal(over.status, 413);
    assert.equal(typeof over.body.detail, 'string');
  });

  test('a body that does not say how long it is has the same limit', async () => {
    const answer = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const sent = request(`${server.url}/latest/user/verify`, { method: 'POST' }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      sent.on('error', reject);
      for (let i = 0; i <= 32; i += 1) sent.write(Buffer.alloc(1024 * 1024, ' '));
      sent.end();
    });
    assert.equal(answer.status, 413);
    assert.equal(typeof JSON.parse(answer.text).detail, 'string');
  });

  test('of a form field that is given twice the last counts, and empty ones are absent', async () => {
    const { username, password } = server.admin;
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const good = `username=${username}&password=wrong&password=${encodeURIComponent(password)}`;
    assert.equal((await post('/user/login', { raw: good, headers })).status, 200);
    assert.deepEqual(await placesOf('/user/login', { raw: `username=&password=x`, headers }), [
      'body.username',
    ]);
  });

  test('a form is not taken from JSON', async () => {
    for (const path of ['/user/login', '/user/token', '/user/update-password']) {
      const places = await placesOf(path, { json: { ...server.admin, new_password: 'another password' } });
      assert.ok(places.includes('body.username') && places.includes('body.password'), path);
    }
  });

  for (const [title, bytes, status] of [
    ['bytes of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', 400],
    ['a method nobody knows', 'FROBNICATE / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n', 400],
    [
      'two lengths',
      'POST /user/login HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
    ],
    [
      'a length and chunks',
      'POST /user/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['headers of 20 kB', `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    ['an address of 20 kB', `GET /?${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
  ] as const) {
    test(`${title} on the socket: an error in JSON`, async () => {
      const answer = await exchangeRaw(server, Buffer.from(bytes, 'latin1'));
      assert.equal(answer.status, status);
      assert.equal(answer.headers.get('content-type'), 'application/json');
      assert.equal(typeof JSON.parse(answer.body).detail, 'string');
    });
  }
});
