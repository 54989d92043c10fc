import { newId } from '@kernelci/model';
import { DomainError } from '../../errors.ts';
import { queueMail } from '../../mail/queue.ts';
import type { ComposedMail } from '../../mail/templates.ts';
import { UniqueViolation } from '../../store/errors.ts';
import { countPending, findPending, insertSignup } from '../../store/signups.ts';
import { emailKey, findUserByEmail, findUserByName } from '../../store/users.ts';
import { type Actor, recordAct } from '../audit/record.ts';
import { mailedToken } from '../mailed-tokens/mailed-token.ts';
import { checkNewPassword } from '../passwords/password-rules.ts';
import type { Uses } from '../services.ts';
import { createUser } from '../users/create-user.ts';
import { mayMail } from '../users/mail-allowance.ts';

type SigningUp = Uses<'db' | 'clock' | 'hasher' | 'signer' | 'mails' | 'lifetimes' | 'limiter' | 'signup'>;

interface Applicant {
  username: string;
  email: string;
  password: string;
}

const PENDING_MAX = 1000;

const nowhere = () =>
  new DomainError('disabled', 'Sign-up is switched off on this server: ask an admin for an invite');

/** What applicants are told in a mail when the name or the address is not free; undefined when both are. */
async function collision(
  s: SigningUp,
  applicant: Applicant,
  apiUrl: string,
): Promise<ComposedMail | undefined> {
  const { username, email } = applicant;
  const known = await findUserByEmail(s.db.reader, email);
  if (known) {
    return s.mails.compose('signup-account-exists', known.email, { username: known.username, apiUrl });
  }
  const pending = await findPending(s.db.reader, username, emailKey(email));
  const applied = pending.some((request) => request.email_key === emailKey(email));
  if (applied) return s.mails.compose('signup-received', email, { username, apiUrl });
  const taken = (await findUserByName(s.db.reader, username)) !== undefined || pending.length > 0;
  return taken ? s.mails.compose('signup-name-taken', email, { username, apiUrl }) : undefined;
}

async function openAccount(s: SigningUp, actor: Actor, applicant: Applicant, apiUrl: string): Promise<void> {
  const { username, email } = applicant;
  const hashedPassword = await s.hasher.hash(applicant.password);
  const now = s.clock();
  const id = newId(now);
  const { token, expires } = await mailedToken(s, { id, email, credentials_version: 0 }, 'verify');
  const mail = s.mails.compose('verify', email, { username, email, token, apiUrl, expires });
  await s.db.write(async (tx) => {
    await createUser(tx, { id, username, email, hashedPassword, groups: [] }, now);
    const target = { type: 'user', id, name: username } as const;
    await recordAct(tx, actor, { action: 'user.sign-up', target, after: { email } }, now);
    await queueMail(tx, mail, now);
  });
}

async function requestAccount(
  s: SigningUp,
  actor: Actor,
  applicant: Applicant,
  apiUrl: string,
): Promise<void> {
  const { username, email } = applicant;
  const hashed_password = await s.hasher.hash(applicant.password);
  const now = s.clock();
  await s.db.write(async (tx) => {
    if ((await countPending(tx)) >= PENDING_MAX) {
      throw new DomainError('throttled', 'Too many sign-ups wait for a decision, try again later', {
        retryAfter: 3600,
      });
    }
    const id = newId(now);
    const times = { created: now, decided: null, decided_by: null };
    const email_key = emailKey(email);
    await insertSignup(tx, { id, username, email, email_key, hashed_password, state: 'pending', ...times });
    const target = { type: 'signup', id, name: username } as const;
    await recordAct(tx, actor, { action: 'signup.request', target, after: { email } }, now);
    await queueMail(tx, s.mails.compose('signup-received', email, { username, apiUrl }), now);
  });
}

/**
 * Opens an account, or asks for one where the operator wants to approve. The answer is the same whether the name
 * and the address are free or not: a mail tells the rest to the owner of the address.
 */
export async function signUp(
  s: SigningUp,
  actor: Actor,
  applicant: Applicant,
  apiUrl: string,
): Promise<void> {
  if (s.signup === 'off') throw nowhere();
  checkNewPassword(applicant.password, 'password');
  if (!(await mayMail(s, 'signup', applicant.email, actor.address))) return;
  const mail = await collision(s, applicant, apiUrl);
  if (mail) {
    // The same work as for a free name, so that the time of the answer tells nothing.
    await s.hasher.hash(applicant.password);
    await s.db.write((tx) => queueMail(tx, mail, s.clock()));
    return;
  }
  try {
    await (s.signup === 'open' ? openAccount : requestAccount)(s, actor, applicant, apiUrl);
  } catch (error) {
    // Two sign-ups at once for the same name: the second learns it as any later one would.
    if (!(error instanceof UniqueViolation)) throw error;
    const { username, email } = applicant;
    const late = s.mails.compose('signup-name-taken', email, { username, apiUrl });
    await s.db.write((tx) => queueMail(tx, late, s.clock()));
  }
}
