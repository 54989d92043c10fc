import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Account,
  addAccount,
  adminToken,
  type Detail,
  PASSWORD,
  type Page,
  type Problem,
  registerUser,
  type User,
} from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { eventually } from '../helpers/eventually.ts';
import { call, login } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { readOutbox, tokenIn, waitForOutbox } from '../helpers/outbox.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

interface Signup {
  id: string;
  username: string;
  email: string;
  state: string;
  created: string;
  decided: string | null;
  decided_by: string | null;
}

const KEYS = ['id', 'username', 'email', 'state', 'created', 'decided', 'decided_by'];
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?$/;

forEachEngine(
  'sign-up',
  (engine) => {
    /** Three instances on one database, each with another rule. */
    let off: TestServer;
    let open: TestServer;
    let approval: TestServer;
    let admin: string;
    let alice: Account;

    before(async () => {
      off = await startServer({ engine });
      open = await off.startSibling({ KCI_SIGNUP: 'open' });
      approval = await off.startSibling({ KCI_SIGNUP: 'approval' });
      admin = await adminToken(off);
      alice = await addAccount(off, admin);
    });

    const signUp = (server: TestServer, json: unknown) =>
      call<Detail & { detail: Problem[] }>(server, 'POST', '/latest/user/signup', { json });
    const someone = (overrides: Record<string, string> = {}) => {
      const username = uniqueName('new');
      return { username, email: `${username}@example.org`, password: PASSWORD, ...overrides };
    };
    const userOf = async (username: string) => {
      const { body } = await call<Page<User>>(off, 'GET', `/latest/users?username=${username}`, {
        token: admin,
      });
      return body.items.at(0);
    };
    const list = (query: string, token = admin) =>
      call<Page<Signup> & Detail>(off, 'GET', `/latest/user/signups?limit=1000&${query}`, { token });
    const signupOf = async (username: string) =>
      (await list('')).body.items.filter((signup) => signup.username === username).at(-1);
    const decide = (id: string | undefined, what: string, token = admin) =>
      call<Signup & Detail>(off, 'POST', `/latest/user/signups/${id}/${what}`, { token });
    const logIn = async ({ username, password }: { username: string; password: string }) =>
      (await call<Detail>(off, 'POST', '/latest/user/login', { form: { username, password } })).body;

    /** Signs up and answers all that a stranger sees of it. */
    async function seen(server: TestServer, json: unknown): Promise<unknown> {
      const { status, headers, text } = await signUp(server, json);
      const changing = ['date', 'x-request-id'];
      return { status, text, headers: [...headers].filter(([name]) => !changing.includes(name)) };
    }

    test('where it is switched off, it says so and does nothing', async () => {
      const who = someone();
      const { status, body } = await signUp(off, who);
      assert.equal(status, 403);
      assert.match(body.detail as string, /switched off/);
      assert.equal(await userOf(who.username), undefined);
      assert.equal(await signupOf(who.username), undefined);
    });

    test('where it is open, an account is there that the mailed token verifies', async () => {
      const who = someone();
      const { status, body } = await signUp(open, who);
      assert.equal(status, 202);
      assert.deepEqual(Object.keys(body), ['detail']);
      const user = await userOf(who.username);
      assert.ok(user);
      assert.deepEqual(
        [user.email, user.is_active, user.is_verified, user.is_superuser, user.groups],
        [who.email, true, false, false, []],
      );
      assert.deepEqual(await logIn(who), { detail: 'LOGIN_USER_NOT_VERIFIED' });
      const token = tokenIn(await waitForOutbox(off, who.email, /confirm/i));
      assert.equal((await call(off, 'POST', '/latest/user/verify', { json: { token } })).status, 200);
      await login(off, who.username, who.password);
    });

    test('nobody signs up with rights, groups or a verified address', async () => {
      const json = { ...someone(), is_superuser: true, is_verified: true, groups: ['admin'] };
      for (const server of [open, approval]) {
        const who = { ...json, ...someone() };
        assert.equal((await signUp(server, who)).status, 202);
        if (server === approval) await decide((await signupOf(who.username))?.id, 'approve');
        const user = await userOf(who.username);
        assert.deepEqual([user?.is_superuser, user?.is_verified, user?.groups], [false, false, []]);
      }
    });

    for (const mode of ['open', 'approval'] as const) {
      const instance = () => (mode === 'open' ? open : approval);

      test(`what cannot be an account is refused (${mode})`, async () => {
        for (const [json, places] of [
          [{}, ['body.email', 'body.password', 'body.username']],
          [someone({ password: '123456' }), ['body.password']],
          [someone({ email: 'nope' }), ['body.email']],
          [someone({ email: 'a@example.org\r\nBcc: b@example.org' }), ['body.email']],
          [someone({ username: 'a\nb' }), ['body.username']],
          [someone({ username: 'x'.repeat(129) }), ['body.username']],
          [someone({ username: '' }), ['body.username']],
        ] as const) {
          const { status, body } = await signUp(instance(), json);
          assert.equal(status, 422);
          assert.deepEqual(body.detail.map(({ loc }) => loc.join('.')).sort(), places);
        }
      });

      test(`a stranger cannot tell whether a name or an address is taken (${mode})`, async () => {
        const free = await seen(instance(), someone());
        const taken = someone({ username: alice.username });
        const known = someone({ email: alice.email.toUpperCase() });
        const both = someone({ username: alice.username, email: alice.email });
        for (const who of [taken, known, both]) assert.deepEqual(await seen(instance(), who), free);
        await waitForOutbox(off, taken.email, /choose another/i);
        const mail = await waitForOutbox(off, alice.email, /already/i);
        assert.ok(mail.text.includes(alice.username));
        assert.equal(await userOf(known.username), undefined);
        for (const { username } of [taken, known]) assert.equal(await signupOf(username), undefined);
        assert.equal((await userOf(alice.username))?.id, alice.id);
        await login(off, alice.username, alice.password);
      });
    }

    test('where admins approve, an account waits for them', async () => {
      const who = someone();
      assert.equal((await signUp(approval, who)).status, 202);
      await waitForOutbox(off, who.email, /your request/i);
      assert.equal(await userOf(who.username), undefined);
      assert.deepEqual(await logIn(who), { detail: 'LOGIN_BAD_CREDENTIALS' });
      const signup = await signupOf(who.username);
      assert.ok(signup);
      assert.deepEqual(Object.keys(signup), KEYS);
      assert.match(signup.created, TIME);
      const { id, created: _, ...rest } = signup;
      const { password: __, ...told } = who;
      assert.deepEqual(rest, { ...told, state: 'pending', decided: null, decided_by: null });

      const approved = await decide(id, 'approve');
      assert.equal(approved.status, 200);
      assert.deepEqual([approved.body.state, approved.body.decided_by], ['approved', 'admin']);
      assert.match(approved.body.decided ?? '', TIME);
      assert.deepEqual(await signupOf(who.username), approved.body);
      const token = tokenIn(await waitForOutbox(off, who.email, /is ready/i));
      assert.deepEqual(await logIn(who), { detail: 'LOGIN_USER_NOT_VERIFIED' });
      assert.equal((await call(off, 'POST', '/latest/user/verify', { json: { token } })).status, 200);
      await login(off, who.username, who.password);
      for (const what of ['approve', 'reject']) {
        const again = await decide(id, what);
        assert.deepEqual([again.status, again.body.detail], [409, 'The sign-up is approved already']);
      }
    });

    test('who is rejected is told, and may ask again', async () => {
      const who = someone();
      await signUp(approval, who);
      const first = await signupOf(who.username);
      const rejected = await decide(first?.id, 'reject');
      assert.deepEqual([rejected.status, rejected.body.state], [200, 'rejected']);
      await eventually('a mail that says so', async () =>
        (await readOutbox(off)).find(({ to, text }) => to === who.email && /declined/.test(text)),
      );
      assert.equal(await userOf(who.username), undefined);
      assert.equal((await decide(first?.id, 'approve')).status, 409);
      await signUp(approval, { ...who, password: `${PASSWORD} 2` });
      const second = await signupOf(who.username);
      assert.notEqual(second?.id, first?.id);
      assert.equal((await decide(second?.id, 'approve')).status, 200);
      assert.ok(await userOf(who.username));
    });

    test('who asks twice is told the same, and waits once', async () => {
      const who = someone();
      const first = await seen(approval, who);
      assert.deepEqual(await seen(approval, { ...who, username: uniqueName('other') }), first);
      const rival = someone({ username: who.username });
      assert.deepEqual(await seen(approval, rival), first);
      await waitForOutbox(off, rival.email, /choose another/i);
      const { items } = (await list('state=pending')).body;
      const waiting = items.filter(({ username, email }) => username === who.username || email === who.email);
      assert.equal(waiting.length, 1);
      const mails = (await readOutbox(off)).filter(({ to }) => to === who.email);
      assert.equal(mails.length, 2);
    });

    test('of requests at once for one name one opens an account', async () => {
      const { username } = someone();
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, i) =>
          seen(open, someone({ username, email: `${username}-${i}@example.org` })),
        ),
      );
      for (const answer of answers) assert.deepEqual(answer, answers[0]);
      const { body } = await call<Page<User>>(off, 'GET', `/latest/users?username=${username}`, {
        token: admin,
      });
      assert.equal(body.total, 1);
    });

    test('a name that was given away meanwhile cannot be approved', async () => {
      const who = someone();
      await signUp(approval, who);
      await registerUser(off, admin, { username: who.username });
      const { id } = (await signupOf(who.username)) ?? {};
      const answer = await decide(id, 'approve');
      assert.equal(answer.status, 400);
      assert.match(answer.body.detail, /reject/);
      assert.equal((await signupOf(who.username))?.state, 'pending');
      assert.equal((await decide(id, 'reject')).status, 200);
    });

    test('of decisions at once one counts', async () => {
      const who = someone();
      await signUp(approval, who);
      const { id } = (await signupOf(who.username)) ?? {};
      const answers = await Promise.all(
        ['approve', 'reject', 'approve', 'reject'].map((what) => decide(id, what)),
      );
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409]);
      const winner = answers.find(({ status }) => status === 200)?.body.state;
      assert.equal((await signupOf(who.username))?.state, winner);
      assert.equal((await userOf(who.username)) !== undefined, winner === 'approved');
    });

    test('the list is for admins, in pages, by state', async () => {
      await signUp(approval, someone());
      const all = (await list('')).body;
      assert.deepEqual(Object.keys(all), ['items', 'total', 'limit', 'offset']);
      for (const state of ['pending', 'approved', 'rejected']) {
        const { items, total } = (await list(`state=${state}`)).body;
        assert.ok(total > 0 && items.length === total, state);
        assert.ok(items.every((signup) => signup.state === state));
      }
      const { body } = await call<Page<Signup>>(off, 'GET', '/latest/user/signups?limit=1&offset=1', {
        token: admin,
      });
      assert.deepEqual(body.items, [all.items[1]]);
      for (const query of ['state=lost', 'limit=0', 'offset=x']) {
        assert.equal(
          (await call(off, 'GET', `/latest/user/signups?${query}`, { token: admin })).status,
          422,
          query,
        );
      }
      for (const [token, status] of [
        ['', 401],
        [alice.token, 403],
      ] as const) {
        assert.equal((await list('', token)).status, status);
        for (const what of ['approve', 'reject']) {
          assert.equal((await decide(all.items[0]?.id, what, token)).status, status);
        }
      }
      for (const id of ['x', '000000000000000000000000', alice.id]) {
        const answer = await decide(id, 'approve');
        assert.deepEqual([answer.status, answer.body.detail], [404, `Sign-up not found with id: ${id}`]);
      }
    });
  },
  { ownProcess: true },
);
