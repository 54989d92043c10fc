import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Account, addAccount, adminToken, createToken, type Problem } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { type CallOptions, call } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

forEachEngine('values by key', (engine) => {
  let server: TestServer;
  let alice: Account;
  let bob: Account;

  before(async () => {
    server = await startServer({ engine });
    const admin = await adminToken(server);
    alice = await addAccount(server, admin);
    bob = await addAccount(server, admin);
  });

  const at = (namespace: string, key: string) =>
    `/latest/kv/${encodeURIComponent(namespace)}/${encodeURIComponent(key)}`;
  const stored = async (path: string, token = alice.token) => {
    const { status, text } = await call(server, 'GET', path, { token });
    assert.equal(status, 200, text);
    return JSON.parse(text) as unknown;
  };
  const set = async (path: string, options: CallOptions, token = alice.token) => {
    const { status, text } = await call(server, 'POST', path, { token, ...options });
    assert.deepEqual([status, text], [200, '"OK"']);
  };

  test('a key has the value that was set last, until it is deleted', async () => {
    const path = at(uniqueName('ns'), 'key');
    assert.equal(await stored(path), null);
    await set(path, { json: 'first' });
    await set(path, { json: 'second é "\\ \u2028' });
    assert.equal(await stored(path), 'second é "\\ \u2028');
    for (let times = 0; times < 2; times += 1) {
      const { status, text } = await call(server, 'DELETE', path, { token: alice.token });
      assert.deepEqual([status, text], [200, '"Key-value pair deleted successfully"']);
      assert.equal(await stored(path), null);
    }
  });

  test('nothing, null and the empty text are the empty text, which is not no value', async () => {
    for (const options of [{}, { json: null }, { json: '' }]) {
      const path = at(uniqueName('ns'), 'key');
      await set(path, options);
      assert.equal(await stored(path), '');
    }
  });

  test('namespaces and keys may be any text, and are apart', async () => {
    const [one, two] = [uniqueName('ns'), uniqueName('ns')];
    const places = [at(one, 'k'), at(two, 'k'), at(one, 'K'), at(one, 'a/b:c ü?'), at(`${one}/k`, 'k')];
    for (const [i, path] of places.entries()) await set(path, { json: String(i) });
    for (const [i, path] of places.entries()) assert.equal(await stored(path), String(i));
  });

  test('everybody with an account shares them', async () => {
    const path = at(uniqueName('ns'), 'key');
    await set(path, { json: 'hers' });
    assert.equal(await stored(path, bob.token), 'hers');
    await set(path, { json: 'his' }, bob.token);
    assert.equal(await stored(path), 'his');
  });

  test('what is no text is refused, and the value stays', async () => {
    const path = at(uniqueName('ns'), 'key');
    await set(path, { json: 'kept' });
    for (const options of [
      { json: 5 },
      { json: { a: 1 } },
      { json: ['x'] },
      { json: true },
      { raw: 'text' },
    ]) {
      const answer = await call<{ detail: Problem[] }>(server, 'POST', path, {
        token: alice.token,
        ...options,
      });
      assert.equal(answer.status, 422, answer.text);
      assert.equal(answer.body.detail[0]?.loc[0], 'body');
    }
    assert.equal(await stored(path), 'kept');
  });

  test('they need an account, and to change them a token that may tell events', async () => {
    const path = at(uniqueName('ns'), 'key');
    await set(path, { json: 'kept' });
    for (const method of ['GET', 'POST', 'DELETE']) {
      for (const token of [undefined, 'not.a.token']) {
        const { status, text } = await call(server, method, path, token === undefined ? {} : { token });
        assert.deepEqual([status, text], [401, '{"detail":"Unauthorized"}']);
      }
    }
    const reader = await createToken(server, alice, { scopes: 'read-only' });
    for (const method of ['POST', 'DELETE'])
      assert.equal((await call(server, method, path, { token: reader.access_token })).status, 403);
    assert.equal(await stored(path, reader.access_token), 'kept');
  });
});
