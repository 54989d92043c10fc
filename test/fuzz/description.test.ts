import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { addAccount, adminToken, statusOf, type User } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { call } from '../helpers/http.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { schemathesis } from './schemathesis.ts';
import { makeWorld, type World } from './world.ts';

const SEED = process.env.KCI_FUZZ_SEED ?? '1';
const EXAMPLES = Number(process.env.KCI_FUZZ_EXAMPLES ?? 10);
/** Enough on a slow machine. */
const TIMEOUT_MS = 120_000 + EXAMPLES * 10_000;

forEachEngine('whatever is asked as the description says', (engine) => {
  /** A server with things of every kind, and what schemathesis is told of them. */
  async function start(who: 'admin' | 'user'): Promise<{ server: TestServer; world: World; token: string }> {
    // Who listens is answered after a second, newcomers may ask for an account, and webhooks be sent to this machine.
    const env = { KEEP_ALIVE_PERIOD: '1', KCI_SIGNUP: 'approval', KCI_WEBHOOK_ALLOW_PRIVATE: 'on' };
    const server = await startServer({ engine, env });
    const admin = await adminToken(server);
    const { body } = await call<User>(server, 'GET', '/latest/whoami', { token: admin });
    const asker =
      who === 'user' ? await addAccount(server, admin) : { ...body, ...server.admin, token: admin };
    return { server, world: await makeWorld(server, admin, asker), token: asker.token };
  }

  /** What is asked, and answered as it has to be. */
  async function fuzz(context: TestContext, world: World, phases: string): Promise<void> {
    const choices = ['--seed', SEED, '--max-examples', String(EXAMPLES)];
    const { code, stdout, stderr } = await schemathesis(world, ['--phases', phases, ...choices]);
    assert.equal(code, 0, stdout + stderr);
    context.diagnostic(`seed ${SEED}: ${/\d+ generated, \d+ passed/.exec(stdout)?.[0]}`);
  }

  test('by an admin', { timeout: TIMEOUT_MS }, async (context) => {
    const { server, world, token } = await start('admin');
    await fuzz(context, world, 'examples,coverage,fuzzing,stateful');
    assert.equal(await statusOf(server, token), 200, 'the token ended before the run did');
    await server.stop();
  });

  test('by an everyday user', { timeout: TIMEOUT_MS }, async (context) => {
    const { server, world, token } = await start('user');
    await fuzz(context, world, 'examples,fuzzing,stateful');
    assert.equal(await statusOf(server, token), 200, 'the token ended before the run did');
    await server.stop();
  });

  test('by nobody', { timeout: TIMEOUT_MS }, async (context) => {
    const { server, world } = await start('user');
    await fuzz(context, { ...world, token: null, spare_tokens: [] }, 'examples,fuzzing');
    await server.stop();
  });
});
