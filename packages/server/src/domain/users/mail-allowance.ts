import { emailKey } from '../../store/users.ts';
import type { Uses } from '../services.ts';

const MAILS_PER_HOUR = 5;
const REQUESTS_PER_HOUR = 50;

/**
 * Whether another mail of the kind may go to the address, asked for from there: nobody's mailbox is to be filled
 * by strangers.
 */
export async function mayMail(
  s: Uses<'limiter'>,
  kind: string,
  email: string,
  address: string | null,
): Promise<boolean> {
  const fromThere = await s.limiter.allow('mail-requests', address ?? '', REQUESTS_PER_HOUR);
  return fromThere && (await s.limiter.allow(`mail-${kind}`, emailKey(email), MAILS_PER_HOUR));
}
