import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Account, addAccount, adminToken, type Problem } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { call } from '../helpers/http.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { runSql } from '../helpers/sql.ts';

const SQL = "' OR 1=1; DROP TABLE users; --";
const NO_IDS = [
  'x',
  '0',
  '-1',
  'null',
  'undefined',
  'NaN',
  '*',
  '%25',
  encodeURIComponent(SQL),
  encodeURIComponent('../../etc/passwd'),
  encodeURIComponent('☃😀'),
  encodeURIComponent('a\r\nSet-Cookie: x=y'),
  encodeURIComponent('{"$ne":null}'),
  '__proto__',
  'constructor',
  '1e308',
  '000000000000000000000000',
  'ffffffffffffffffffffffff',
  'gggggggggggggggggggggggg',
  '6b0530371eaa30df78c3d0b',
  '6b0530371eaa30df78c3d0b00',
  '６ｂ０５３０３７１ｅａａ３０ｄｆ７８ｃ３ｄ０ｂ０',
  'a'.repeat(1000),
];

const WITH_ID = [
  ['GET', '/user/'],
  ['PATCH', '/user/'],
  ['DELETE', '/user/'],
  ['DELETE', '/user/tokens/'],
  ['GET', '/user-groups/'],
  ['DELETE', '/user-groups/'],
  ['GET', '/group/'],
  ['DELETE', '/group/'],
] as const;

const LISTS = ['/users', '/groups', '/user-groups', '/user/tokens', '/user/signups', '/audit'];
const NO_NUMBERS = [
  'x',
  '-1',
  '1.5',
  'NaN',
  'Infinity',
  '0x',
  '',
  '%00',
  '1e400',
  '9'.repeat(400),
  '١',
  SQL,
  '[]',
  '1 2',
];

forEachEngine(
  'hostile addresses and forms',
  (engine) => {
    let server: TestServer;
    let admin: string;
    let alice: Account;

    before(async () => {
      server = await startServer({ engine, env: { KCI_TRUSTED_PROXIES: 'loopback' } });
      admin = await adminToken(server);
      alice = await addAccount(server, admin);
    });

    const send = (method: string, path: string, token = admin) =>
      call<{ detail: string & Problem[] }>(server, method, `/latest${path}`, {
        token,
        ...(method === 'PATCH' ? { json: {} } : {}),
      });
    let lastByte = 0;
    const sendForm = (path: string, form: Record<string, string>) => {
      lastByte += 1;
      const headers = { 'X-Forwarded-For': `10.9.${lastByte >> 8}.${lastByte & 255}` };
      return call<{ detail: string & Problem[] }>(server, 'POST', `/latest${path}`, { form, headers });
    };
    const stored = async () => {
      const tables = ['users', 'groups', 'memberships', 'tokens', 'signups', 'audit'];
      const rows = await Promise.all(
        tables.map((table) => runSql(server, `SELECT count(*) AS n FROM ${table}`)),
      );
      return rows.map(([row]) => Number(row?.n));
    };

    for (const [method, path] of WITH_ID) {
      test(`${method} ${path}… finds nothing under what is no id`, async () => {
        const before = await stored();
        for (const id of NO_IDS) {
          const { status, body } = await send(method, path + id);
          assert.equal(status, 404, id);
          assert.equal(typeof body.detail, 'string');
        }
        assert.deepEqual(await stored(), before);
      });
    }

    test('deciding on what is no sign-up finds nothing', async () => {
      for (const id of NO_IDS) {
        for (const what of ['approve', 'reject']) {
          assert.equal((await send('POST', `/user/signups/${id}/${what}`)).status, 404, id);
        }
      }
    });

    for (const path of LISTS) {
      test(`${path} wants whole numbers for its pages`, async () => {
        for (const name of ['limit', 'offset']) {
          for (const value of [...NO_NUMBERS, ...(name === 'limit' ? ['0'] : [])]) {
            const encoded = value === '%00' ? value : encodeURIComponent(value);
            const { status, body } = await send('GET', `${path}?${name}=${encoded}`);
            assert.equal(status, 422, `${name}=${value}`);
            assert.deepEqual(
              body.detail.map(({ loc }) => loc.join('.')),
              [`query.${name}`],
            );
          }
        }
        const far = await send('GET', `${path}?limit=9007199254740991&offset=9007199254740991`);
        assert.equal(far.status, 200);
        assert.deepEqual((far.body as unknown as { items: unknown[] }).items, []);
      });
    }

    test('filters take any text and find what equals it', async () => {
      for (const value of [
        SQL,
        '%',
        '_',
        '*',
        '☃😀',
        'a\r\nb',
        '\u0007',
        '‮',
        'x'.repeat(1000),
        '{"$ne":""}',
        '[]',
      ]) {
        const text = encodeURIComponent(value);
        for (const query of [
          `/users?username=${text}`,
          `/users?email=${text}`,
          `/users?id=${text}`,
          `/users?groups.name=${text}`,
          `/users?is_active=${text}`,
          `/users?username__in=${text}`,
          `/groups?name=${text}`,
          `/audit?actor=${text}`,
          `/audit?target=${text}`,
          `/audit?action=${text}`,
        ]) {
          const { status, body, text: answer } = await send('GET', query);
          assert.equal(status, 200, `${query}: ${answer}`);
          assert.equal((body as unknown as { total: number }).total, 0, query);
        }
        assert.equal((await send('GET', `/user/tokens?username=${text}`)).status, 404);
        assert.equal((await send('GET', `/users?${text}=x`)).status, 200);
        const warning = (await send('GET', `/users?${text}=x`)).headers.get('warning') ?? '';
        assert.match(warning, /^199 - "unknown field: [\x20-\x7e]*"$/);
      }
    });

    test('what is too long for a filter is refused', async () => {
      const long = 'x'.repeat(1025);
      for (const [path, place] of [
        [`/audit?actor=${long}`, 'query.actor'],
        [`/audit?target=${long}`, 'query.target'],
        [`/audit?action=${long}`, 'query.action'],
        [`/user/tokens?username=${long}`, 'query.username'],
      ] as const) {
        const { status, body } = await send('GET', path);
        assert.equal(status, 422, path.slice(0, 20));
        assert.deepEqual(
          body.detail.map(({ loc }) => loc.join('.')),
          [place],
        );
      }
    });

    test('a thousand filters are as good as one', async () => {
      const many = Array.from({ length: 1000 }, (_, i) => `f${i}=x`).join('&');
      assert.equal((await send('GET', `/users?${many}`)).status, 200);
      const same = Array.from({ length: 500 }, () => 'username__ne=x').join('&');
      assert.equal((await send('GET', `/users?${same}`)).status, 200);
    });

    const CREDENTIALS = { username: 'nobody', password: 'wrong' };
    for (const [path, form] of [
      ['/user/login', CREDENTIALS],
      ['/user/token', CREDENTIALS],
      ['/user/update-password', { ...CREDENTIALS, new_password: 'another password' }],
    ] as const) {
      test(`POST ${path} refuses what cannot be a field, and names it`, async () => {
        const before = await stored();
        for (const name of Object.keys(form)) {
          for (const value of ['', 'a\0b', 'x'.repeat(10_000_000), 'x'.repeat(4097)]) {
            const { status, body } = await sendForm(path, { ...form, [name]: value });
            assert.equal(status, 422, `${name}=${value.slice(0, 10)}`);
            assert.deepEqual(
              body.detail.map(({ loc }) => loc.join('.')),
              [`body.${name}`],
            );
          }
          const { [name as 'username']: _, ...rest } = form;
          const { status, body } = await sendForm(path, rest);
          assert.equal(status, 422);
          assert.deepEqual(
            body.detail.map(({ loc }) => loc.join('.')),
            [`body.${name}`],
          );
        }
        assert.deepEqual(await stored(), before);
      });

      test(`POST ${path} lets nobody in with odd names and passwords`, async () => {
        const before = await stored();
        for (const value of [
          SQL,
          `${alice.username}' --`,
          `${alice.username} `,
          `${alice.username}\r\n`,
          '☃😀',
          '%',
          '*',
          'true',
          '[object Object]',
          '$2b$06$abcdefghijklmnopqrstuu8yVyaU7EdRX4jYfHRJzCuaNVzUhWgmC',
        ]) {
          for (const changed of [
            { username: value },
            { password: value },
            { username: value, password: value },
            { username: alice.username, password: value },
          ]) {
            const { status, body } = await sendForm(path, { ...form, ...changed });
            // An account that was guessed at ten times is closed for a while.
            assert.ok(status === 400 || (status === 429 && 'username' in changed), `${value}: ${status}`);
            if (status === 400) assert.deepEqual(body, { detail: 'LOGIN_BAD_CREDENTIALS' });
          }
          await runSql(server, 'DELETE FROM throttles');
        }
        assert.deepEqual(await stored(), before);
      });
    }

    test('a form of a hundred thousand fields is read as far as it matters', async () => {
      const raw = `${Array.from({ length: 100_000 }, (_, i) => `f${i}=x`).join('&')}&username=a&password=b`;
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
      const { status } = await call(server, 'POST', '/latest/user/login', { raw, headers });
      assert.equal(status, 400);
    });

    test('after all this nothing was an error of the server', () => {
      assert.doesNotMatch(server.logs(), /"level":(40|50|60)/);
    });
  },
  { ownProcess: true },
);
