import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Account,
  addAccount,
  adminToken,
  PASSWORD,
  type Problem,
  registerUser,
  type User,
} from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { call } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { runSql } from '../helpers/sql.ts';

type Kind = 'name' | 'email' | 'password' | 'groups' | 'flag' | 'token';

interface Route {
  method: string;
  path: (ids: { user: string }) => string;
  as: 'admin' | 'user' | 'nobody';
  /** A body that would do. */
  body: () => Record<string, unknown>;
  fields: Record<string, Kind>;
  required: string[];
  /** Whether null counts as absent. */
  nullable?: boolean;
  /** What a good body is answered with; 400 where it holds a token, which a test can only make up. */
  good: number;
}

const HUGE = 'a'.repeat(10_000_000);
const DEEP = JSON.parse('['.repeat(150) + ']'.repeat(150)) as unknown;
const SQL = "'); DROP TABLE users; --";
const NO_TEXT = [5, 1e308, true, [], {}, ['a'], { a: 'b' }, DEEP];
const NO_LINE = [
  'a\r\nb',
  'a\nb',
  '\tb',
  'a\u0007',
  '\u001b[31mred',
  'a\u007f',
  'a\u0085b',
  'a\u2028b',
  ' a',
  'a ',
];

const REFUSED: Record<Kind, unknown[]> = {
  name: ['', ' ', 'x'.repeat(257), HUGE, 'a\u0000b', 'a\ud800', ...NO_LINE, ...NO_TEXT],
  email: [
    '',
    'a',
    'a@',
    '@b.org',
    'a@b',
    'a b@c.org',
    '<a@b.org>',
    '"a b"@c.org',
    'a@b.org,c@d.org',
    'a@b.org;c@d.org',
    'a@b.org\r\nBcc: c@d.org',
    'a@b.org\nc',
    'a\r\n@b.org',
    ' a@b.org',
    'a@b.org ',
    'a@b.org\u0000',
    'a\ud800@b.org',
    'a@b..org',
    '.a@b.org',
    'a@[127.0.0.1]',
    'a@b.org>',
    `${'a'.repeat(250)}@b.org`,
    `${HUGE}@b.org`,
    `a@${'b.'.repeat(50_000)}org`,
    SQL,
    ...NO_TEXT,
  ],
  password: ['', '123456', 'x'.repeat(4097), HUGE, 'password\u0000', 'password\ud800', ...NO_TEXT],
  groups: [
    'admin',
    5,
    true,
    {},
    { 0: 'admin' },
    [5],
    [null],
    [['admin']],
    [{}],
    ['x'.repeat(257)],
    [HUGE],
    ['a\u0000'],
    Array.from({ length: 1001 }, () => 'admin'),
    Array.from({ length: 100_000 }, () => 7),
    DEEP,
  ],
  flag: [
    2,
    -1,
    0.5,
    1e308,
    'maybe',
    '',
    'true ',
    'y'.repeat(9999),
    [],
    {},
    ['true'],
    [1],
    DEEP,
    'tru\u0000e',
  ],
  token: [HUGE, 'x'.repeat(8193), 'a\u0000b', ...NO_TEXT],
};

/** Odd, and as good as any. */
const TAKEN: Record<Kind, unknown[]> = {
  name: [
    SQL,
    '" OR ""="',
    'Zoë ☃ 日本語 😀',
    '‮evil',
    '../../etc/passwd',
    '%s%n',
    '{{7*7}}',
    '<script>alert(1)</script>',
  ],
  email: ["o'brien", 'zoë', 'a+b', 'user%40host', '{{7*7}}', '日本語'],
  password: [SQL, '☃☃☃☃☃☃☃', 'line\r\nbreak', '\u0007bell bell', '   blanks   '],
  groups: [],
  flag: [],
  token: [],
};

const someone = () => {
  const username = uniqueName('guest');
  return { username, email: `${username}@example.org`, password: PASSWORD };
};
const withoutPassword = () => {
  const { username, email } = someone();
  return { username, email };
};
const ACCOUNT = { username: 'name', email: 'email', password: 'password' } as const;

const ROUTES: Record<string, Route> = {
  'POST /user/register': {
    method: 'POST',
    path: () => '/user/register',
    as: 'admin',
    body: someone,
    fields: { ...ACCOUNT, groups: 'groups', is_superuser: 'flag', send_email: 'flag' },
    required: ['username', 'email', 'password'],
    good: 200,
  },
  'POST /user/invite': {
    method: 'POST',
    path: () => '/user/invite',
    as: 'admin',
    body: withoutPassword,
    fields: {
      username: 'name',
      email: 'email',
      groups: 'groups',
      is_superuser: 'flag',
      send_email: 'flag',
      return_token: 'flag',
      resend_if_exists: 'flag',
    },
    required: ['username', 'email'],
    good: 200,
  },
  'POST /user/signup': {
    method: 'POST',
    path: () => '/user/signup',
    as: 'nobody',
    body: someone,
    fields: ACCOUNT,
    required: ['username', 'email', 'password'],
    good: 202,
  },
  'PATCH /user/me': {
    method: 'PATCH',
    path: () => '/user/me',
    as: 'user',
    body: () => ({}),
    fields: { ...ACCOUNT, groups: 'groups', revoke_tokens: 'flag' },
    required: [],
    nullable: true,
    good: 200,
  },
  'PATCH /user/ID': {
    method: 'PATCH',
    path: ({ user }) => `/user/${user}`,
    as: 'admin',
    body: () => ({}),
    fields: { ...ACCOUNT, groups: 'groups', is_active: 'flag', is_superuser: 'flag', is_verified: 'flag' },
    required: [],
    nullable: true,
    good: 200,
  },
  'POST /user-groups': {
    method: 'POST',
    path: () => '/user-groups',
    as: 'admin',
    body: () => ({ name: uniqueName('group') }),
    fields: { name: 'name' },
    required: ['name'],
    good: 200,
  },
  'POST /group': {
    method: 'POST',
    path: () => '/group',
    as: 'admin',
    body: () => ({ name: uniqueName('group') }),
    fields: { name: 'name' },
    required: ['name'],
    good: 200,
  },
  ...Object.fromEntries(
    ['forgot-password', 'request-verify-token'].map((name): [string, Route] => [
      `POST /user/${name}`,
      {
        method: 'POST',
        path: () => `/user/${name}`,
        as: 'nobody',
        body: () => ({ email: someone().email }),
        fields: { email: 'email' },
        required: ['email'],
        good: 202,
      },
    ]),
  ),
  'POST /user/verify': {
    method: 'POST',
    path: () => '/user/verify',
    as: 'nobody',
    body: () => ({ token: 'made up' }),
    fields: { token: 'token' },
    required: ['token'],
    good: 400,
  },
  ...Object.fromEntries(
    ['reset-password', 'accept-invite'].map((name): [string, Route] => [
      `POST /user/${name}`,
      {
        method: 'POST',
        path: () => `/user/${name}`,
        as: 'nobody',
        body: () => ({ token: 'made up', password: PASSWORD }),
        // Only its form is checked before the token is.
        fields: { token: 'token' },
        required: ['token', 'password'],
        good: 400,
      },
    ]),
  ),
};

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'undefined').slice(0, 60);

forEachEngine(
  'hostile bodies',
  (engine) => {
    let server: TestServer;
    let admin: string;
    let alice: Account;

    before(async () => {
      server = await startServer({ engine, env: { KCI_SIGNUP: 'open', KCI_TRUSTED_PROXIES: 'loopback' } });
      admin = await adminToken(server);
      alice = await addAccount(server, admin);
    });

    const send = ({ method, path, as }: Route, raw: string) =>
      call<User & { detail: Problem[] }>(server, method, `/latest${path({ user: alice.id })}`, {
        raw,
        token: { admin, user: alice.token, nobody: '' }[as],
        // One more address for each request: the limits on mail are not what is tested here.
        headers: { 'X-Forwarded-For': `10.${randomByte()}.${randomByte()}.${randomByte()}` },
      });
    const randomByte = () => Math.floor(Math.random() * 256);

    /** How much there is of everything, and what the users look like. */
    const stored = async () => {
      const tables = ['groups', 'memberships', 'tokens', 'signups', 'audit'];
      const counts = await Promise.all(
        tables.map(async (table) => (await runSql(server, `SELECT count(*) AS n FROM ${table}`))[0]?.n),
      );
      return [counts.map(Number), await runSql(server, 'SELECT * FROM users ORDER BY seq')];
    };

    for (const [title, route] of Object.entries(ROUTES)) {
      test(`${title} refuses what it must, names the field, and writes nothing`, async () => {
        const before = await stored();
        const wrong: string[] = [];
        const check = async (field: string, value: unknown, raw: string) => {
          const { status, body, text } = await send(route, raw);
          const places = Array.isArray(body?.detail)
            ? body.detail.map(({ loc }) => loc.slice(0, 2).join('.'))
            : [];
          if (status === 422 && places.every((place) => place === `body.${field}`) && places.length > 0)
            return;
          wrong.push(`${field}=${shown(value)}: ${status} ${text.slice(0, 150)}`);
        };
        for (const [field, kind] of Object.entries(route.fields)) {
          const values = [...REFUSED[kind], ...(route.nullable ? [] : [null])];
          await Promise.all(
            values.map((value) => check(field, value, JSON.stringify({ ...route.body(), [field]: value }))),
          );
        }
        for (const field of route.required) {
          const { [field]: _, ...rest } = route.body();
          await check(field, undefined, JSON.stringify(rest));
        }
        assert.deepEqual(wrong, []);
        assert.deepEqual(await stored(), before);
      });

      test(`${title} takes what is odd but right`, async () => {
        for (const [field, kind] of Object.entries(route.fields)) {
          for (const value of TAKEN[kind]) {
            const odd = kind === 'email' ? `${uniqueName(String(value))}@example.org` : value;
            const unique = kind === 'name' ? uniqueName(String(odd)) : odd;
            const { status, body, text } = await send(
              route,
              JSON.stringify({ ...route.body(), [field]: unique }),
            );
            assert.equal(status, route.good, `${field}=${shown(unique)}: ${text}`);
            const answered = Object.hasOwn(Object(body), 'user') ? Object(body).user : body;
            if (status === 200 && kind !== 'password') assert.equal(answered[field], unique);
          }
        }
        const extra = { ...route.body(), unknown: SQL, hashed_password: 'x', id: 'x', token_generation: 9 };
        assert.equal((await send(route, JSON.stringify(extra))).status, route.good);
      });
    }

    test('groups that do not exist are named, whatever they look like', async () => {
      for (const name of [SQL, '', '*', '☃', 'Admin', 'admin ', '%', 'node:edit:any\n']) {
        for (const title of ['POST /user/register', 'POST /user/invite', 'PATCH /user/ID']) {
          const route = ROUTES[title] as Route;
          const { status, body } = await send(route, JSON.stringify({ ...route.body(), groups: [name] }));
          assert.deepEqual(
            [status, body.detail as unknown],
            [400, `User group does not exist with name: ${name}`],
            title,
          );
        }
      }
    });

    test('after all this everything is as it should be', async () => {
      const user = await registerUser(server, admin);
      const { status, body } = await call<User>(server, 'GET', `/latest/user/${user.id}`, { token: admin });
      assert.deepEqual([status, body], [200, user]);
      assert.doesNotMatch(server.logs(), /"level":(40|50|60)/);
    });
  },
  { ownProcess: true },
);
