import { isId, type Signup } from '@kernelci/model';
import { DomainError, notFound } from '../../errors.ts';
import { queueMail } from '../../mail/queue.ts';
import type { Tx } from '../../store/database.ts';
import { UniqueViolation } from '../../store/errors.ts';
import { decideSignup, lockSignup, type SignupRow } from '../../store/signups.ts';
import type { Principal } from '../access/principal.ts';
import { type Actor, recordAct } from '../audit/record.ts';
import { mailedToken } from '../mailed-tokens/mailed-token.ts';
import type { Uses } from '../services.ts';
import { createUser } from '../users/create-user.ts';
import { toSignup } from './list-signups.ts';

type Deciding = Uses<'db' | 'clock' | 'signer' | 'mails' | 'lifetimes'>;
type Admin = Actor & { principal: Principal };

async function lockPending(tx: Tx, id: string): Promise<SignupRow> {
  const row = isId(id) ? await lockSignup(tx, id) : undefined;
  if (row === undefined) throw notFound(`Sign-up not found with id: ${id}`);
  if (row.state !== 'pending') throw new DomainError('in_use', `The sign-up is ${row.state} already`);
  return row;
}

async function decide(
  tx: Tx,
  admin: Admin,
  row: SignupRow,
  state: 'approved' | 'rejected',
  now: number,
): Promise<Signup> {
  const decision = { state, decided: now, decided_by: admin.principal.account.username };
  await decideSignup(tx, row.id, decision);
  const target = { type: 'signup', id: row.id, name: row.username } as const;
  await recordAct(
    tx,
    admin,
    { action: `signup.${state === 'approved' ? 'approve' : 'reject'}`, target },
    now,
  );
  return toSignup({ ...row, ...decision });
}

/** Opens the account and mails its owner a verification token. Throws `taken` when the name is not free any more. */
export async function approveSignup(s: Deciding, admin: Admin, id: string, apiUrl: string): Promise<Signup> {
  const now = s.clock();
  try {
    return await s.db.write(async (tx) => {
      const row = await lockPending(tx, id);
      const { username, email, hashed_password: hashedPassword } = row;
      const created = await createUser(tx, { username, email, hashedPassword, groups: [] }, now);
      const { token, expires } = await mailedToken(s, created.row, 'verify');
      const data = { username, email, token, apiUrl, expires };
      await queueMail(tx, s.mails.compose('signup-approved', email, data), now);
      return decide(tx, admin, row, 'approved', now);
    });
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error;
    throw new DomainError(
      'taken',
      'The name or the address belongs to an account by now: reject the sign-up',
    );
  }
}

export async function rejectSignup(s: Deciding, admin: Admin, id: string, apiUrl: string): Promise<Signup> {
  const now = s.clock();
  return s.db.write(async (tx) => {
    const row = await lockPending(tx, id);
    const { username, email } = row;
    await queueMail(tx, s.mails.compose('signup-rejected', email, { username, apiUrl }), now);
    return decide(tx, admin, row, 'rejected', now);
  });
}
