import type { RegisterBody, User } from '@kernelci/model';
import { DomainError } from '../../errors.ts';
import { queueMail } from '../../mail/queue.ts';
import { UniqueViolation } from '../../store/errors.ts';
import { type Actor, recordAct } from '../audit/record.ts';
import { resolveGroups } from '../groups/resolve-groups.ts';
import { checkNewPassword } from '../passwords/password-rules.ts';
import type { Uses } from '../services.ts';
import { createUser } from './create-user.ts';
import { toUser } from './user-view.ts';

/** The refusal that a taken name or address means at registration; other errors as they are. */
export function registrationError(error: unknown, username: string): unknown {
  if (!(error instanceof UniqueViolation)) return error;
  return error.column === 'users.username'
    ? new DomainError('taken', `Username already exists: ${username}`)
    : new DomainError('taken', 'REGISTER_USER_ALREADY_EXISTS');
}

/**
 * An admin makes an account: active, not verified. With `send_email` the new user is told in a mail, password
 * included; its id is answered.
 */
export async function registerUser(
  s: Uses<'db' | 'clock' | 'hasher' | 'mails'>,
  actor: Actor,
  body: RegisterBody,
  apiUrl: string,
): Promise<{ user: User; mailId: string | undefined }> {
  const { username, email, password } = body;
  checkNewPassword(password, 'password');
  const hashedPassword = await s.hasher.hash(password);
  const mail = body.send_email
    ? s.mails.compose('welcome', email, { username, password, apiUrl })
    : undefined;
  const now = s.clock();
  try {
    const account = await s.db.write(async (tx) => {
      const groups = await resolveGroups(tx, body.groups ?? []);
      const isSuperuser = body.is_superuser ?? false;
      const { account: created } = await createUser(
        tx,
        { username, email, hashedPassword, isSuperuser, groups },
        now,
      );
      const target = { type: 'user', id: created.id, name: username } as const;
      const after = { email, is_superuser: isSuperuser, groups: groups.map((group) => group.name) };
      await recordAct(tx, actor, { action: 'user.register', target, after }, now);
      if (mail) await queueMail(tx, mail, now);
      return created;
    });
    return { user: toUser(account), mailId: mail?.id };
  } catch (error) {
    throw registrationError(error, username);
  }
}
