import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Account,
  addAccount,
  adminToken,
  type Detail,
  PASSWORD,
  readAudit,
  registerUser,
  statusOf,
} from '../helpers/accounts.ts';
import { type Engine, forEachEngine } from '../helpers/engines.ts';
import { call } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { readOutbox, waitForOutbox } from '../helpers/outbox.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { runSql } from '../helpers/sql.ts';

interface Attempt {
  username: string;
  password: string;
  from: string;
}

let lastAddress = 0;
/** An address that nothing has come from yet. */
const freshAddress = () => {
  lastAddress += 1;
  return `198.51.${lastAddress >> 8}.${lastAddress & 255}`;
};

forEachEngine(
  'throttling',
  (engine: Engine) => {
    let server: TestServer;
    let admin: string;

    before(async () => {
      server = await startServer({ engine, env: { KCI_TRUSTED_PROXIES: 'loopback, 203.0.113.0/24' } });
      admin = await adminToken(server);
    });

    const attempt = ({ username, password, from }: Attempt, to = server) =>
      call<Detail>(to, 'POST', '/latest/user/login', {
        form: { username, password },
        headers: { 'X-Forwarded-For': from },
      });
    async function fail(
      username: string,
      times: number,
      address: () => string = freshAddress,
    ): Promise<void> {
      for (let i = 0; i < times; i += 1) {
        const { status } = await attempt({ username, password: 'wrong', from: address() });
        assert.equal(status, 400, `failure ${i + 1}`);
      }
    }
    const right = ({ username, password }: Account, from = freshAddress()) => ({ username, password, from });

    function assertThrottled({ status, headers, body }: Awaited<ReturnType<typeof attempt>>): number {
      assert.equal(status, 429);
      const seconds = Number(headers.get('retry-after'));
      assert.ok(Number.isInteger(seconds) && seconds > 0, String(headers.get('retry-after')));
      assert.deepEqual(Object.keys(body), ['detail']);
      assert.match(body.detail, new RegExp(`\\b${seconds} seconds`));
      return seconds;
    }

    test('after ten failures an account is closed for a while, wherever they came from', async () => {
      const [alice, bob] = [await addAccount(server, admin), await addAccount(server, admin)];
      await fail(alice.username, 10);
      assertThrottled(await attempt({ username: alice.username, password: 'wrong', from: freshAddress() }));
      assertThrottled(await attempt(right(alice)));
      const headers = { 'X-Forwarded-For': freshAddress() };
      const form = { username: alice.username, password: alice.password, new_password: 'a new password' };
      for (const path of ['token', 'update-password']) {
        assertThrottled(await call<Detail>(server, 'POST', `/latest/user/${path}`, { form, headers }));
      }
      assert.equal(await statusOf(server, alice.token), 200);
      assert.equal((await attempt(right(bob))).status, 200);
    });

    test('names that nobody has are treated alike', async () => {
      const username = uniqueName('nobody');
      await fail(username, 10);
      assertThrottled(await attempt({ username, password: 'wrong', from: freshAddress() }));
      await registerUser(server, admin, { username });
      assertThrottled(await attempt({ username, password: PASSWORD, from: freshAddress() }));
    });

    test('a success before the tenth failure makes them forgotten', async () => {
      const alice = await addAccount(server, admin);
      for (let round = 0; round < 3; round += 1) {
        await fail(alice.username, 9);
        assert.equal((await attempt(right(alice))).status, 200);
      }
    });

    test('the wait ends, and doubles with each failure after it', async () => {
      const alice = await addAccount(server, admin);
      const waitIsOver = () =>
        runSql(server, "UPDATE throttles SET blocked_until = 1 WHERE key LIKE 'account:%'");
      await fail(alice.username, 10);
      let last = assertThrottled(await attempt(right(alice)));
      for (let round = 0; round < 7; round += 1) {
        await waitIsOver();
        await fail(alice.username, 1);
        const next = assertThrottled(await attempt(right(alice)));
        assert.ok(next > last || next === 900, `${next} after ${last}`);
        last = next;
      }
      assert.equal(last, 900);
      await waitIsOver();
      assert.equal((await attempt(right(alice))).status, 200);
      await fail(alice.username, 9);
      assert.equal((await attempt(right(alice))).status, 200);
    });

    test('an address from which many names fail is closed, others are not', async () => {
      const alice = await addAccount(server, admin);
      const from = freshAddress();
      let failures = 0;
      let answer = await attempt({ username: uniqueName('guess'), password: 'wrong', from });
      while (answer.status === 400) {
        failures += 1;
        answer = await attempt({ username: uniqueName('guess'), password: 'wrong', from });
      }
      assertThrottled(answer);
      assert.ok(failures >= 10, `${failures} failures`);
      assertThrottled(await attempt(right(alice, from)));
      assert.equal((await attempt(right(alice))).status, 200);
    });

    test('many who log in at once from one address with the right password are let in', async () => {
      const accounts = [await addAccount(server, admin), await addAccount(server, admin)];
      const from = freshAddress();
      const attempts = Array.from({ length: 60 }, (_, i) => attempt(right(accounts[i % 2] as Account, from)));
      for (const { status } of await Promise.all(attempts)) assert.equal(status, 200);
    });

    test('guesses made at once do not slip through together', async () => {
      const { username } = await addAccount(server, admin);
      const answers = await Promise.all(
        Array.from({ length: 60 }, () => attempt({ username, password: 'wrong', from: freshAddress() })),
      );
      const guessed = answers.filter(({ status }) => status === 400).length;
      assert.ok(guessed >= 10 && guessed <= 20, `${guessed} guesses`);
      for (const answer of answers) if (answer.status !== 400) assertThrottled(answer);
    });

    test('all instances count together, and a restart forgets nothing', async () => {
      const alice = await addAccount(server, admin);
      const sibling = await server.startSibling();
      for (let i = 0; i < 10; i += 1) {
        const target = i % 2 === 0 ? server : sibling;
        const { status } = await attempt(
          { username: alice.username, password: 'wrong', from: freshAddress() },
          target,
        );
        assert.equal(status, 400);
      }
      for (const target of [server, sibling]) assertThrottled(await attempt(right(alice), target));
      // The first wait is short, and a busy machine slow to start.
      await runSql(
        server,
        'UPDATE throttles SET blocked_until = blocked_until + 3600000 WHERE blocked_until > 0',
      );
      await sibling.stop();
      await server.restart();
      assertThrottled(await attempt(right(alice)));
    });

    test('the address that counts is the one a trusted proxy has seen', async () => {
      const address = async (forwarded: string) => {
        const name = uniqueName('group');
        await call(server, 'POST', '/latest/user-groups', {
          token: admin,
          json: { name },
          headers: { 'X-Forwarded-For': forwarded },
        });
        return (await readAudit(server, admin, { target: name }))[0]?.address;
      };
      assert.equal(await address('198.51.100.7'), '198.51.100.7');
      assert.equal(await address('8.8.8.8, 198.51.100.8'), '198.51.100.8');
      assert.equal(await address('8.8.8.8, 198.51.100.9, 203.0.113.5'), '198.51.100.9');
      assert.equal(await address('2001:db8::1'), '2001:db8::1');
    });

    test('without trusted proxies nobody chooses an address', async () => {
      const direct = await server.startSibling({ KCI_TRUSTED_PROXIES: '' });
      await runSql(server, 'DELETE FROM throttles');
      let attempts = 0;
      let answer = await attempt(
        { username: uniqueName('guess'), password: 'x', from: freshAddress() },
        direct,
      );
      while (answer.status === 400 && attempts < 100) {
        attempts += 1;
        answer = await attempt(
          { username: uniqueName('guess'), password: 'x', from: freshAddress() },
          direct,
        );
      }
      assertThrottled(answer);
      await runSql(server, 'DELETE FROM throttles');
      await direct.stop();
    });

    const ask = async (path: string, email: string, from: string) => {
      const headers = { 'X-Forwarded-For': from };
      const answer = await call(server, 'POST', `/latest/user/${path}`, { json: { email }, headers });
      assert.deepEqual([answer.status, answer.text, answer.headers.get('retry-after')], [202, 'null', null]);
    };
    const mailsTo = async (email: string, subject: RegExp) =>
      (await readOutbox(server)).filter((mail) => mail.to === email && subject.test(mail.subject)).length;

    test('strangers cannot fill a mailbox: some mails an hour of each kind, and the same answer always', async () => {
      const alice = await registerUser(server, admin);
      for (let i = 0; i < 12; i += 1) await ask('forgot-password', alice.email, freshAddress());
      await ask('request-verify-token', alice.email, freshAddress());
      await waitForOutbox(server, alice.email, /confirm/i);
      const mails = await mailsTo(alice.email, /reset/i);
      assert.ok(mails >= 3 && mails <= 6, `${mails} mails`);
    });

    test('one address cannot make the server mail to everybody', async () => {
      const from = freshAddress();
      for (let i = 0; i < 60; i += 1) await ask('forgot-password', `nobody-${i}@example.org`, from);
      const [refused, asked] = [await registerUser(server, admin), await registerUser(server, admin)];
      await ask('forgot-password', refused.email, from);
      await ask('forgot-password', asked.email, freshAddress());
      await waitForOutbox(server, asked.email, /reset/i);
      assert.equal(await mailsTo(refused.email, /./), 0);
    });
  },
  { ownProcess: true },
);
