import { isScope, newId, type Scope, SECOND, type TokenAnswer, toApiTime } from '@kernelci/model';
import { invalid } from '../../errors.ts';
import { groupsOf } from '../../store/memberships.ts';
import { insertToken } from '../../store/tokens.ts';
import type { UserRow } from '../../store/users.ts';
import { toAccount } from '../access/account-view.ts';
import { type Account, ALL_SCOPES, rightsOf } from '../access/principal.ts';
import { type Actor, recordAct } from '../audit/record.ts';
import type { Uses } from '../services.ts';
import { type Credentials, checkCredentials, requireVerified } from '../users/credentials.ts';
import { BEARER_AUDIENCE } from './token-claims.ts';

type Issuing = Uses<'db' | 'clock' | 'signer'>;
type Checking = Issuing & Uses<'hasher' | 'limiter' | 'lifetimes'>;

interface Wanted {
  action: 'user.login' | 'token.create';
  name: string;
  scopes: readonly Scope[];
  seconds: number;
}

/** Registers a token of the user and signs it. */
async function issueToken(s: Issuing, actor: Actor, user: UserRow, wanted: Wanted): Promise<TokenAnswer> {
  const now = s.clock();
  const id = newId(now);
  const exp = Math.floor(now / SECOND) + wanted.seconds;
  const iat = Math.floor(now / SECOND);
  const scopes = [...wanted.scopes];
  const gen = user.token_generation;
  const claims = { sub: user.id, aud: [BEARER_AUDIENCE], exp, iat, jti: id, gen, scopes };
  const token = await s.signer.sign(claims);
  await s.db.write(async (tx) => {
    await insertToken(tx, {
      id,
      user_id: user.id,
      name: wanted.name,
      scopes: JSON.stringify(scopes),
      created: now,
      expires: exp * SECOND,
      last_used: null,
    });
    const target = { type: 'token', id, name: wanted.name } as const;
    const after = { scopes, expires: toApiTime(exp * SECOND) };
    const by = { id: user.id, username: user.username };
    await recordAct(tx, actor, { action: wanted.action, target, after, by }, now);
  });
  return {
    access_token: token,
    token_type: 'bearer',
    id,
    name: wanted.name,
    scopes,
    expires: toApiTime(exp * SECOND),
  };
}

const scopesProblem = (input: string, msg: string) =>
  invalid({ type: 'value_error', loc: ['body', 'scopes'], msg, input });

/** The scopes that the text names; all of the account's rights when it names none. */
function parseScopes(text: string | undefined, account: Account): readonly Scope[] {
  const names = new Set((text ?? '').split(/[\s,]+/).filter((name) => name !== ''));
  const rights = rightsOf(account);
  if (names.size === 0) return rights;
  const scopes = [...names].map((name) => {
    if (isScope(name)) return name;
    throw scopesProblem(name, `"${name}" is no scope; there are read-only, ${rights.join(', ')}`);
  });
  if (scopes.includes('read-only') && scopes.length > 1) {
    throw scopesProblem(text ?? '', 'read-only excludes the other scopes');
  }
  if (scopes.includes('admin') && !rights.includes('admin')) {
    throw scopesProblem(text ?? '', 'the admin scope needs an account with admin rights');
  }
  return scopes;
}

async function verifiedUser(s: Checking, credentials: Credentials): Promise<UserRow> {
  const user = await checkCredentials(s, credentials);
  requireVerified(user);
  return user;
}

/** A token that today's clients get: all scopes, valid for as long as the operator says. */
export async function logIn(s: Checking, actor: Actor, credentials: Credentials): Promise<TokenAnswer> {
  const user = await verifiedUser(s, credentials);
  const seconds = s.lifetimes.loginSeconds;
  return issueToken(s, actor, user, { action: 'user.login', name: 'login', scopes: ALL_SCOPES, seconds });
}

/** A named token with chosen scopes and lifetime. */
export async function createToken(
  s: Checking,
  actor: Actor,
  credentials: Credentials,
  wanted: { name?: string | undefined; scopes?: string | undefined; seconds: number },
): Promise<TokenAnswer> {
  const user = await verifiedUser(s, credentials);
  const account = toAccount(user, (await groupsOf(s.db.reader, [user.id])).get(user.id) ?? []);
  const scopes = parseScopes(wanted.scopes, account);
  const { name = '', seconds } = wanted;
  return issueToken(s, actor, user, { action: 'token.create', name, scopes, seconds });
}
