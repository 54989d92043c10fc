import assert from 'node:assert/strict';
import { call, login } from './http.ts';
import { uniqueName } from './kci-workspace.ts';

export interface User {
  id: string;
  email: string;
  is_active: boolean;
  is_superuser: boolean;
  is_verified: boolean;
  username: string;
  groups: { id: string; name: string }[];
}

export const USER_KEYS = ['id', 'email', 'is_active', 'is_superuser', 'is_verified', 'username', 'groups'];
export const PASSWORD = 'a password of some length';

export interface Detail {
  detail: string;
}

/** One entry of the list that is the `detail` of a 422. */
export interface Problem {
  type: string;
  loc: (string | number)[];
  msg: string;
  input?: unknown;
}

interface WithAdmin {
  url: string;
  admin: { username: string; password: string };
}

/** A user with a token that carries all scopes. */
export interface Account extends User {
  password: string;
  token: string;
}

export const adminToken = (server: WithAdmin): Promise<string> =>
  login(server, server.admin.username, server.admin.password);

/** Registers a user nobody else has: unverified, in no group, unless the overrides say otherwise. */
export async function registerUser(
  server: { url: string },
  admin: string,
  overrides: Record<string, unknown> = {},
): Promise<User> {
  const username = uniqueName('user');
  const json = { username, email: `${username}@example.org`, password: PASSWORD, ...overrides };
  const { status, body, text } = await call<User>(server, 'POST', '/latest/user/register', {
    token: admin,
    json,
  });
  assert.equal(status, 200, text);
  return body;
}

export async function patchUser(
  server: { url: string },
  admin: string,
  id: string,
  json: Record<string, unknown>,
): Promise<User> {
  const { status, body, text } = await call<User>(server, 'PATCH', `/latest/user/${id}`, {
    token: admin,
    json,
  });
  assert.equal(status, 200, text);
  return body;
}

/** Registers a user, verifies the address and logs in. */
export async function addAccount(
  server: { url: string },
  admin: string,
  overrides: Record<string, unknown> = {},
): Promise<Account> {
  const { id, username } = await registerUser(server, admin, overrides);
  const user = await patchUser(server, admin, id, { is_verified: true });
  const password = String(overrides.password ?? PASSWORD);
  return { ...user, password, token: await login(server, username, password) };
}

export interface NewToken {
  access_token: string;
  token_type: string;
  id: string;
  name: string;
  scopes: string[];
  expires: string;
}

export interface Credentials {
  username: string;
  password: string;
}

export async function createToken(
  server: { url: string },
  { username, password }: Credentials,
  form: Record<string, string> = {},
): Promise<NewToken> {
  const { status, body, text } = await call<NewToken>(server, 'POST', '/latest/user/token', {
    form: { username, password, ...form },
  });
  assert.equal(status, 200, text);
  return body;
}

/** The status that a token gets at a route that every valid token may use, whoever owns it. */
export async function statusOf(server: { url: string }, token: string): Promise<number> {
  return (await call(server, 'GET', '/latest/users?limit=1', { token })).status;
}

export interface AuditEntry {
  id: string;
  time: string;
  actor: { id: string; username: string } | null;
  token_id: string | null;
  address: string | null;
  request_id: string | null;
  action: string;
  target: { type: string; id: string; name: string } | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

export interface Page<T> {
  items: T[];
  total: number;
  limit: number;
  offset: number;
}

/** The entries of the audit log that the query string asks for, newest first. */
export async function readAudit(
  server: { url: string },
  admin: string,
  query: Record<string, string>,
): Promise<AuditEntry[]> {
  const search = new URLSearchParams({ limit: '1000', ...query });
  const { status, body, text } = await call<Page<AuditEntry>>(server, 'GET', `/latest/audit?${search}`, {
    token: admin,
  });
  assert.equal(status, 200, text);
  return body.items;
}
