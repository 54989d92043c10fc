import assert from 'node:assert/strict';
import { type Account, addAccount, createToken, PASSWORD, registerUser } from '../helpers/accounts.ts';
import { groupClient } from '../helpers/consumer-groups.ts';
import { publish, push, subscribe } from '../helpers/events.ts';
import { call } from '../helpers/http.ts';
import { readJwt } from '../helpers/jwt.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { type ApiNode, checkout, createNode } from '../helpers/nodes.ts';
import type { TestServer } from '../helpers/server.ts';
import { addWebhook, startReceiver } from '../helpers/webhooks.ts';

/** What schemathesis is told. */
export interface World {
  /** Of the API, without a slash at its end. */
  url: string;
  /** Null: requests are made without one. */
  token: string | null;
  /** Tokens that may end. */
  spare_tokens: string[];
  /** The ids of the users, and of the token, that have to stay. */
  kept: string[];
  /** Addresses that webhooks may have. */
  receivers: string[];
  /**
   * Values of parameters, by the path up to its first parameter; with `delete ` before it, of what may go away. A
   * method before the path goes first.
   */
  known: Record<string, Record<string, string[]>>;
  /** Bodies, by path. */
  bodies: Record<string, unknown[]>;
}

export type Asker = Pick<Account, 'id' | 'username' | 'password' | 'token'>;

const COPIES = 3;
const LOGOUTS = 10;

/** As many as are asked for, one after the other. */
async function several<T>(make: (index: number) => Promise<T>, count = COPIES): Promise<T[]> {
  const made: T[] = [];
  while (made.length < count) made.push(await make(made.length));
  return made;
}

/** Makes things of every kind, in the asker's name where they may, and tells of them. */
export async function makeWorld(server: TestServer, admin: string, asker: Asker): Promise<World> {
  const { token } = asker;
  const other = await addAccount(server, admin);
  const receiver = await startReceiver();
  const known = { ...(await makeNodes(server, token)), ...(await makeAccounts(server, admin, asker)) };
  return {
    url: `${server.url}/latest`,
    token,
    spare_tokens: await several(async () => (await createToken(server, other)).access_token, LOGOUTS),
    kept: [asker.id, other.id, String(readJwt(token).jti)],
    receivers: [receiver.url],
    known: { ...known, ...(await makeListeners(server, token, receiver.url)) },
    bodies: await makeBodies(server, admin, other),
  };
}

async function makeNodes(server: TestServer, token: string): Promise<World['known']> {
  const root = await createNode(server, token, checkout());
  const builds = await several(async (index) => {
    const name = `build-${index}`;
    const extra = { parent: root.id, kind: 'kbuild', name, path: ['checkout', name] };
    return createNode(server, token, checkout(extra));
  });
  const page = await call<{ next: string }>(server, 'GET', '/latest/nodes?limit=1');
  const id = [root, ...builds].map((made: ApiNode) => made.id);
  const since = ['2026-01-01', new Date().toISOString()];
  return {
    node: { id },
    nodes: { id, after: [page.body.next] },
    events: { id: [], ids: [], from: since },
    audit: { since, until: since },
    telemetry: { since, until: since },
    'telemetry/stats': { group_by: ['runtime', 'kind,lab,is_infra_error'], since },
    kv: { namespace: ['test'], key: ['a', 'b'] },
  };
}

async function makeAccounts(server: TestServer, admin: string, asker: Asker): Promise<World['known']> {
  const users = () => several(async () => (await registerUser(server, admin)).id);
  const groups = () =>
    several(async () => {
      const json = { name: uniqueName('group') };
      return (await call<{ id: string }>(server, 'POST', '/latest/user-groups', { token: admin, json })).body
        .id;
    });
  const tokens = await several(async () => (await createToken(server, asker)).id);
  const group = { id: await groups() };
  return {
    user: { id: await users() },
    'delete user': { id: await users() },
    'delete user/tokens': { id: tokens },
    'user/signups': { id: await makeSignups(server, admin) },
    group,
    'user-groups': group,
    'delete group': { id: await groups() },
    'delete user-groups': { id: await groups() },
  };
}

async function makeSignups(server: TestServer, admin: string): Promise<string[]> {
  await several(async () => {
    const username = uniqueName('newcomer');
    const json = { username, email: `${username}@example.org`, password: PASSWORD };
    const { status, text } = await call(server, 'POST', '/latest/user/signup', { json });
    assert.equal(status, 202, text);
  }, 2 * COPIES);
  const answer = await call<{ items: { id: string }[] }>(server, 'GET', '/latest/user/signups', {
    token: admin,
  });
  return answer.body.items.map(({ id }) => id);
}

async function makeListeners(server: TestServer, token: string, url: string): Promise<World['known']> {
  const webhooks = () => several(async () => (await addWebhook(server, token, { url })).id);
  const subscriptions = () => several(async () => String(await subscribe(server, token, 'node')));
  const consumers = () =>
    several(async () => {
      const name = uniqueName('consumer');
      await groupClient(server, token, name).put({ max_deliveries: 1, visibility_seconds: 1 });
      return name;
    });
  await publish(server, token, 'node', { about: 'something else' });
  await push(server, token, 'list', { about: 'a list' });
  return {
    webhooks: { id: await webhooks() },
    'delete webhooks': { id: await webhooks() },
    subscribe: { channel: ['node', 'test'] },
    unsubscribe: { sub_id: await subscriptions() },
    listen: { sub_id: await subscriptions() },
    publish: { channel: ['node', 'test'] },
    push: { list: ['list'] },
    pop: { list: ['list'] },
    'feed/groups': { name: await consumers() },
    'delete feed/groups': { name: await consumers() },
  };
}

/** Those that the rest of a request cannot be guessed for. */
async function makeBodies(server: TestServer, admin: string, other: Account): Promise<World['bodies']> {
  const { username, password } = other;
  const invited = uniqueName('invited');
  const json = { username: invited, email: `${invited}@example.org`, send_email: false, return_token: true };
  const answer = await call<{ token: string }>(server, 'POST', '/latest/user/invite', { token: admin, json });
  return {
    '/user/login': [{ username, password }],
    '/user/token': [{ username, password, name: 'of the fuzzer', scopes: 'nodes' }],
    '/user/update-password': [{ username, password, new_password: password }],
    '/user/accept-invite': [{ token: answer.body.token, password }],
    '/webhooks/{id}/replay': [{ sequence_id: 1 }, { after: 0 }],
  };
}
