import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Account,
  addAccount,
  adminToken,
  createToken,
  patchUser,
  readAudit,
} from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { publish } from '../helpers/events.ts';
import { eventually } from '../helpers/eventually.ts';
import { call } from '../helpers/http.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { runSql } from '../helpers/sql.ts';
import {
  accepts,
  addWebhook,
  deliveriesOf,
  getWebhook,
  isSigned,
  type Outcome,
  startReceiver,
  status,
  untilWebhook,
  type Webhook,
  webhookCall,
} from '../helpers/webhooks.ts';

const SECRET = `whsec_${Buffer.alloc(24, 'k').toString('base64')}`;
const ALLOWED = { KCI_WEBHOOK_ALLOW_PRIVATE: 'on', KCI_WEBHOOK_BACKOFF_SECONDS: '1' };

/** What is not on the public internet, in the many ways in which it can be written. */
const PRIVATE_URLS = [
  ...[
    'http://127.0.0.1/',
    'http://127.1:8001/x',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
  ],
  ...[
    'http://0.0.0.0/',
    'http://10.0.0.1/',
    'https://172.16.5.4/',
    'http://192.168.1.1/',
    'http://100.64.0.1/',
  ],
  ...['http://169.254.169.254/latest/meta-data/', 'http://224.0.0.1/', 'http://255.255.255.255/'],
  ...['http://192.0.2.1/', 'http://198.18.0.1/', 'http://240.0.0.1/', 'http://[::1]/', 'http://[::]/'],
  ...['http://[::ffff:127.0.0.1]/', 'http://[::ffff:8.8.8.8]/', 'http://[fe80::1]/', 'http://[fc00::1]/'],
  ...['http://[fd12:3456::1]/', 'http://[ff02::1]/', 'http://[64:ff9b::7f00:1]/', 'http://[2002:7f00:1::]/'],
  ...['http://[2001:db8::1]/', 'http://[::7f00:1]/', 'http://localhost/', 'http://LOCALHOST:8001/'],
  ...['http://localhost./', 'http://a.localhost/', 'http://１２７.0.0.1/'],
];

forEachEngine(
  'who may have webhooks, and where to',
  (engine) => {
    let server: TestServer;
    let open: TestServer;
    let admin: string;
    let ada: Account;
    let eve: Account;

    before(async () => {
      server = await startServer({ engine });
      // Together they are what an operator has who changes the setting: what was allowed is in the database.
      open = await server.startSibling(ALLOWED);
      admin = await adminToken(server);
      ada = await addAccount(server, admin);
      eve = await addAccount(server, admin);
    });

    test('nothing is sent to where the public internet is not', async () => {
      for (const url of PRIVATE_URLS) {
        const refused = await webhookCall(server, ada.token, 'POST', '', { url });
        assert.equal(refused.status, 400, `${url}: ${refused.text}`);
        assert.match(refused.text, /is not on the public internet/);
      }
      const { id } = await addWebhook(server, ada.token, { url: 'https://example.org/', channel: 'none' });
      const patched = await webhookCall(server, ada.token, 'PATCH', `/${id}`, { url: 'http://10.1.2.3/' });
      assert.equal(patched.status, 400);
      assert.equal((await getWebhook(server, ada.token, id)).url, 'https://example.org/');
    });

    test('nor when the address was allowed before, or a name leads there', async () => {
      const receiver = await startReceiver();
      for (const url of [receiver.url, receiver.url.replace('127.0.0.1', 'localhost')]) {
        const { id } = await addWebhook(open, ada.token, { url, channel: 'none' });
        const allowed = await webhookCall<Outcome>(open, ada.token, 'POST', `/${id}/test`);
        assert.equal(allowed.body.outcome, 'delivered', allowed.text);
        const before = receiver.received.length;
        const refused = await webhookCall<Outcome>(server, ada.token, 'POST', `/${id}/test`);
        assert.equal(refused.status, 200);
        assert.equal(refused.body.outcome, 'failed');
        assert.equal(refused.body.response_status, null);
        assert.match(String(refused.body.error), /is not on the public internet/);
        assert.equal(receiver.received.length, before);
      }
    });

    test('redirects are not followed', async () => {
      const inner = await startReceiver();
      for (const code of [301, 302, 303, 307, 308]) {
        const receiver = await startReceiver((_received, response) =>
          response.writeHead(code, { location: inner.url }).end(),
        );
        const { id } = await addWebhook(open, ada.token, { url: receiver.url, channel: 'none' });
        const { body } = await webhookCall<Outcome>(open, ada.token, 'POST', `/${id}/test`);
        assert.deepEqual([body.outcome, body.response_status], ['failed', code]);
        assert.match(String(body.error), /redirects are not followed/);
      }
      assert.deepEqual(inner.received, []);
    });

    test('an answer without an end, or without sense, is no trouble', async () => {
      const endless = await startReceiver((_received, response) => {
        const write = () => {
          while (!response.destroyed && response.write('x'.repeat(65_536)));
        };
        response.on('drain', write).writeHead(200);
        write();
      });
      const broken = await startReceiver((_received, response) => response.socket?.end('nonsense\r\n\r\n'));
      const cut = await startReceiver((_received, response) => response.socket?.destroy());
      const outcomeOf = async (url: string) => {
        const { id } = await addWebhook(open, ada.token, { url, channel: 'none' });
        return (await webhookCall<Outcome>(open, ada.token, 'POST', `/${id}/test`)).body;
      };
      assert.equal((await outcomeOf(endless.url)).outcome, 'delivered');
      assert.match(String((await outcomeOf(broken.url)).error), /Parse Error/);
      assert.match(String((await outcomeOf(cut.url)).error), /socket hang up/);
      assert.match(
        String((await outcomeOf('http://no-such-name.invalid/')).error),
        /no-such-name\.invalid|15 seconds/,
      );
      assert.match(String((await outcomeOf('https://127.0.0.1:1/')).error), /ECONNREFUSED/);
    });

    test('what is no webhook is refused, and says why', async () => {
      const url = 'https://example.org/';
      const bodies: [unknown, string][] = [
        [{}, 'url'],
        [{ url: '' }, 'url'],
        [{ url: 'example.org' }, 'url'],
        [{ url: 'ftp://example.org/' }, 'url'],
        [{ url: 'file:///etc/passwd' }, 'url'],
        [{ url: 'javascript:alert(1)' }, 'url'],
        [{ url: 'http://' }, 'url'],
        [{ url: 'https://name:word@example.org/' }, 'url'],
        [{ url: 'http://exa mple.org/' }, 'url'],
        [{ url: `https://example.org/${'x'.repeat(2000)}` }, 'url'],
        [{ url: ['https://example.org/'] }, 'url'],
        [{ url, channel: '' }, 'channel'],
        [{ url, channel: 7 }, 'channel'],
        [{ url, filter: [] }, 'filter'],
        [{ url, filter: { kind: {} } }, 'kind'],
        [{ url, filter: { kind__like: 'x' } }, 'kind__like'],
        [{ url, filter: { name__re: '(' } }, 'name__re'],
        [{ url, filter: { path: '[' } }, 'path'],
        [{ url, filter: { channel: 'x' } }, 'channel'],
        [{ url, description: 'a\nb' }, 'description'],
        [{ url, description: 'x'.repeat(1001) }, 'description'],
      ];
      for (const [json, place] of bodies) {
        const refused = await webhookCall(server, ada.token, 'POST', '', json);
        assert.equal(refused.status, 422, `${JSON.stringify(json)}: ${refused.text}`);
        assert.match(refused.text, new RegExp(`"${place}"`), JSON.stringify(json));
        assert.doesNotMatch(refused.text, /name:word/);
      }
      for (const raw of ['{', 'null', '[]', '"x"']) {
        const refused = await call(server, 'POST', '/latest/webhooks', {
          token: ada.token,
          raw,
          headers: { 'content-type': 'application/json' },
        });
        assert.ok([400, 422].includes(refused.status), `${raw}: ${refused.status}`);
      }
      const { id } = await addWebhook(server, ada.token, { url, channel: 'none' });
      for (const json of [
        { active: 'yes' },
        { secret: 'mine' },
        { secret: false },
        { url: 7 },
        { filter: null },
      ]) {
        const refused = await webhookCall(server, ada.token, 'PATCH', `/${id}`, json);
        assert.equal(refused.status, 422, JSON.stringify(json));
      }
      for (const odd of ['x', '0'.repeat(24), '%00', '..%2f', "'%20or%20''='"]) {
        for (const [method, path] of [
          ['GET', ''],
          ['DELETE', ''],
          ['POST', '/test'],
          ['GET', '/deliveries'],
        ] as const) {
          const refused = await webhookCall(server, ada.token, method, `/${odd}${path}`);
          assert.ok([404, 422].includes(refused.status), `${method} ${odd}${path}: ${refused.status}`);
        }
      }
    });

    test('the secret is given or made, told once, and renewed when asked', async () => {
      const receiver = await startReceiver();
      const short = `whsec_${Buffer.alloc(23).toString('base64')}`;
      const long = `whsec_${Buffer.alloc(65).toString('base64')}`;
      for (const secret of [
        'secret',
        SECRET.slice(6),
        `${SECRET}=`,
        `${SECRET} `,
        short,
        long,
        'whsec_',
        '',
      ]) {
        const refused = await webhookCall(open, ada.token, 'POST', '', { url: receiver.url, secret });
        assert.equal(refused.status, 422, secret);
        if (secret.length > 6) assert.ok(!refused.text.includes(secret.slice(6)), refused.text);
      }
      const made = await addWebhook(open, ada.token, { url: receiver.url, channel: 'none', secret: SECRET });
      assert.equal(made.secret, SECRET);
      const test = () => webhookCall<Outcome>(open, ada.token, 'POST', `/${made.id}/test`);
      await test();
      const renewed = await webhookCall<Webhook & { secret: string }>(
        ...([open, ada.token, 'PATCH', `/${made.id}`, { secret: true }] as const),
      );
      assert.match(renewed.body.secret, /^whsec_/);
      assert.notEqual(renewed.body.secret, SECRET);
      await test();
      const [first, second] = receiver.received;
      assert.ok(first && second);
      assert.deepEqual([isSigned(first, SECRET), isSigned(second, SECRET)], [true, false]);
      assert.equal(isSigned(second, renewed.body.secret), true);
      const renamed = await webhookCall(open, ada.token, 'PATCH', `/${made.id}`, { description: 'renamed' });
      assert.equal('secret' in renamed.body, false);
      await webhookCall(open, ada.token, 'POST', `/${made.id}/replay`, { after: made.position });
      const answers = await Promise.all(
        [
          ...[`/${made.id}`, '?limit=1000', `/${made.id}/deliveries`].map((path) =>
            webhookCall(open, admin, 'GET', path),
          ),
          call(open, 'GET', '/latest/audit?limit=1000', { token: admin }),
          call(open, 'GET', '/latest/metrics'),
        ].map(async (answer) => (await answer).text),
      );
      await webhookCall(open, ada.token, 'DELETE', `/${made.id}`);
      for (const text of [renamed.text, ...answers, server.logs(), open.logs()]) {
        assert.doesNotMatch(text, /whsec_/);
        for (const secret of [SECRET, renewed.body.secret]) assert.ok(!text.includes(secret.slice(6)), text);
      }
    });

    test('others may not touch it; admins may look at it and delete it', async () => {
      const { id } = await addWebhook(server, ada.token, { url: 'https://example.org/', channel: 'none' });
      const uses: [string, string, unknown?][] = [
        ['GET', `/${id}`],
        ['GET', `/${id}/deliveries`],
        ['PATCH', `/${id}`, { description: 'mine' }],
        ['POST', `/${id}/test`],
        ['POST', `/${id}/replay`, { after: 0 }],
        ['DELETE', `/${id}`],
      ];
      const { access_token: readOnly } = await createToken(server, ada, { scopes: 'read-only' });
      for (const [method, path, json] of uses) {
        const refused = await webhookCall<{ detail: string }>(server, eve.token, method, path, json);
        assert.equal(refused.status, 403, `${method} ${path}`);
        assert.equal(refused.body.detail, `Webhook ${id} not owned by ${eve.username}`);
        const withoutScope = await webhookCall(server, readOnly, method, path, json);
        assert.equal(withoutScope.status, 403);
        assert.match(withoutScope.text, /events scope/);
        const anonymous = await call(server, method, `/latest/webhooks${path}`, json ? { json } : {});
        assert.equal(anonymous.status, 401);
        const byAdmin = await webhookCall(server, admin, method, path, json);
        assert.equal(
          byAdmin.status,
          method === 'GET' ? 200 : method === 'DELETE' ? 204 : 403,
          `${method} ${path}`,
        );
      }
      assert.equal((await webhookCall(server, ada.token, 'GET', `/${id}`)).status, 404);
      assert.equal(
        (await webhookCall(server, readOnly, 'POST', '', { url: 'https://example.org/' })).status,
        403,
      );
      assert.equal((await webhookCall(server, readOnly, 'GET', '')).status, 403);
    });

    test('what is done with it is in the audit log, without what its address keeps', async () => {
      const url = 'https://hooks.example.org/in?key=confidential';
      const { id } = await addWebhook(server, ada.token, { url, channel: 'none' });
      await webhookCall(server, ada.token, 'PATCH', `/${id}`, { filter: { kind: 'job' }, secret: true });
      await webhookCall(server, ada.token, 'DELETE', `/${id}`);
      const entries = await readAudit(server, admin, { target: 'hooks.example.org' });
      assert.deepEqual(
        entries.map(({ action }) => action),
        ['webhook.delete', 'webhook.update', 'webhook.create'],
      );
      const shown = { url: 'https://hooks.example.org/in', channel: 'none' };
      const [deleted, changed, created] = entries;
      assert.deepEqual(created?.after, { ...shown, filter: {} });
      assert.deepEqual(changed?.before, { ...shown, filter: {}, state: 'active' });
      assert.deepEqual(changed?.after, {
        ...{ ...shown, filter: { kind: 'job' } },
        ...{ state: 'active', secret: 'renewed' },
      });
      assert.deepEqual(deleted?.before, { ...shown, filter: { kind: 'job' } });
      assert.deepEqual([created?.actor?.username, created?.target?.id], [ada.username, id]);
    });

    test('a user has a hundred at the most', async () => {
      const busy = await addAccount(server, admin);
      const body = { url: 'https://example.org/', channel: 'none' };
      const answers = await Promise.all(
        Array.from({ length: 110 }, () => webhookCall(server, busy.token, 'POST', '', body)),
      );
      const refused = answers.filter(({ status: code }) => code !== 200);
      assert.equal(refused.length, 10);
      for (const { status: code, text } of refused) {
        assert.equal(code, 400);
        assert.match(text, /100 webhooks already/);
      }
      const id = String(answers.find(({ status: code }) => code === 200)?.body.id);
      await webhookCall(server, busy.token, 'DELETE', `/${id}`);
      assert.equal((await webhookCall(server, busy.token, 'POST', '', body)).status, 200);
    });
  },
  { ownProcess: true },
);

forEachEngine(
  'how webhooks end, and what is left of them',
  (engine) => {
    let lone: TestServer;
    let admin: string;

    before(async () => {
      lone = await startServer({ engine, env: ALLOWED });
      admin = await adminToken(lone);
    });

    test('an account that is ended for a while gets nothing, and one that is deleted has none', async () => {
      const receiver = await startReceiver();
      const control = await startReceiver();
      const user = await addAccount(lone, admin);
      const { id } = await addWebhook(lone, user.token, { url: receiver.url, channel: 'rest' });
      await addWebhook(lone, admin, { url: control.url, channel: 'rest' });
      await publish(lone, admin, 'rest', 1);
      await accepts(receiver, 1);
      await patchUser(lone, admin, user.id, { is_active: false });
      await publish(lone, admin, 'rest', 2);
      await accepts(control, 2);
      await patchUser(lone, admin, user.id, { is_active: true });
      assert.deepEqual(await accepts(receiver, 2), [1, 2]);
      await untilWebhook(lone, admin, id, 'all is recorded', ({ position }) => {
        return position === receiver.received[1]?.event._sequence_id;
      });
      assert.equal((await deliveriesOf(lone, admin, id)).length, 2);
      assert.equal((await call(lone, 'DELETE', `/latest/user/${user.id}`, { token: admin })).status, 200);
      assert.equal((await webhookCall(lone, admin, 'GET', `/${id}`)).status, 404);
      const left = await runSql(lone, 'select seq from webhook_deliveries where webhook_id = $1', [id]);
      assert.deepEqual(left, []);
    });

    test('of a webhook the last thousand requests are told', async () => {
      const receiver = await startReceiver();
      const { id } = await addWebhook(lone, admin, { url: receiver.url, channel: 'much' });
      const batch = Array.from({ length: 50 }, (_, n) => n);
      for (let n = 0; n < 22; n += 1) {
        await Promise.all(batch.map((data) => publish(lone, admin, 'much', data)));
      }
      await accepts(receiver, 1100);
      await eventually('old ones go', async () => {
        const { body } = await webhookCall<{ total: number }>(lone, admin, 'GET', `/${id}/deliveries`);
        return body.total >= 1000 && body.total < 1100 ? true : undefined;
      });
      assert.equal(receiver.mostAtOnce(), 1);
      const sent = receiver.received.map(({ event }) => Number(event._sequence_id));
      assert.deepEqual(
        sent,
        sent.toSorted((a, b) => a - b),
      );
      receiver.answer = status(410);
      await publish(lone, admin, 'much', 'no more');
      const ended = await untilWebhook(lone, admin, id, 'it ends', ({ state }) => state === 'disabled');
      assert.equal(ended.last_error, 'answered 410');
    });
  },
  { ownProcess: true },
);
