import { randomBytes } from 'node:crypto';
import type { InviteAnswer, InviteBody } from '@kernelci/model';
import { DomainError } from '../../errors.ts';
import { queueMail } from '../../mail/queue.ts';
import type { Tx } from '../../store/database.ts';
import { UniqueViolation } from '../../store/errors.ts';
import { groupsOf } from '../../store/memberships.ts';
import { emailKey, findUserByEmail, findUserByName, type UserRow } from '../../store/users.ts';
import { toAccount } from '../access/account-view.ts';
import { type Actor, recordAct } from '../audit/record.ts';
import { resolveGroups } from '../groups/resolve-groups.ts';
import { mailedToken } from '../mailed-tokens/mailed-token.ts';
import type { Uses } from '../services.ts';
import { createUser } from './create-user.ts';
import { toUser } from './user-view.ts';

type Inviting = Uses<'db' | 'clock' | 'hasher' | 'signer' | 'mails' | 'lifetimes'>;

const exists = () => new DomainError('taken', 'User already exists');

export interface InviteUrlParts {
  public_base_url: string;
  accept_invite_url: string;
}

export function inviteUrls(publicBaseUrl: string): InviteUrlParts {
  return { public_base_url: publicBaseUrl, accept_invite_url: `${publicBaseUrl}/user/accept-invite` };
}

/** The account that the invite is for, when it was made before and the invite is to be sent again. */
function reinvited(
  byName: UserRow | undefined,
  byEmail: UserRow | undefined,
  body: InviteBody,
): UserRow | undefined {
  const existing = byName ?? byEmail;
  if (existing === undefined) return undefined;
  if (!body.resend_if_exists) throw exists();
  if (existing.email_key !== emailKey(body.email)) {
    throw new DomainError('taken', 'Existing user has a different email');
  }
  if (existing.username !== body.username)
    throw new DomainError('taken', 'Existing user has a different username');
  if (existing.is_verified === 1) throw new DomainError('taken', 'User already exists and is verified');
  return existing;
}

async function inviteAccount(
  tx: Tx,
  actor: Actor,
  body: InviteBody,
  prepared: { hashedPassword: string; now: number },
): Promise<Omit<UserRow, 'seq'>> {
  const groups = await resolveGroups(tx, body.groups ?? []);
  const existing = reinvited(
    await findUserByName(tx, body.username),
    await findUserByEmail(tx, body.email),
    body,
  );
  const { username, email } = body;
  const { hashedPassword, now } = prepared;
  const isSuperuser = body.is_superuser ?? false;
  const user = { username, email, hashedPassword, isSuperuser, groups, invited: now };
  const row = existing ?? (await createUser(tx, user, now)).row;
  const after = existing
    ? { email }
    : { email, is_superuser: isSuperuser, groups: groups.map((g) => g.name) };
  const action = existing ? 'user.invite-again' : 'user.invite';
  await recordAct(tx, actor, { action, target: { type: 'user', id: row.id, name: username }, after }, now);
  return row;
}

/**
 * Makes an account whose password the invited person sets with the token. The mail is part of the transaction:
 * `email_sent` says that it is stored for delivery.
 */
export async function inviteUser(
  s: Inviting,
  actor: Actor,
  body: InviteBody,
  publicBaseUrl: string,
): Promise<{ answer: InviteAnswer; mailId: string | undefined }> {
  const now = s.clock();
  const urls = inviteUrls(publicBaseUrl);
  // Nobody knows this password: the account opens with the invite only.
  const hashedPassword = await s.hasher.hash(randomBytes(32).toString('base64url'));
  try {
    return await s.db.write(async (tx) => {
      const row = await inviteAccount(tx, actor, body, { hashedPassword, now });
      const { token, expires } = await mailedToken(s, row, 'invite');
      const inviteUrl = `${urls.accept_invite_url}?token=${token}`;
      const data = { username: row.username, token, inviteUrl, apiUrl: publicBaseUrl, expires };
      const mail = body.send_email ? s.mails.compose('invite', row.email, data) : undefined;
      if (mail) await queueMail(tx, mail, now);
      const account = toAccount(row, (await groupsOf(tx, [row.id])).get(row.id) ?? []);
      const shown = body.return_token ? { invite_url: inviteUrl, token } : { invite_url: null, token: null };
      const answer = { user: toUser(account), email_sent: mail !== undefined, ...urls, ...shown };
      return { answer, mailId: mail?.id };
    });
  } catch (error) {
    throw error instanceof UniqueViolation ? exists() : error;
  }
}
