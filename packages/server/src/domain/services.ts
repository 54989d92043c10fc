import type { MailTemplates } from '../mail/templates.ts';
import type { Database } from '../store/database.ts';
import type { AttemptLimiter } from './access/attempt-limiter.ts';
import type { Clock } from './clock.ts';
import type { PasswordHasher } from './passwords/password-hasher.ts';
import type { TokenSigner } from './tokens/token-signer.ts';

/** How long tokens are valid, in seconds. */
export interface Lifetimes {
  loginSeconds: number;
  inviteSeconds: number;
  resetSeconds: number;
  verifySeconds: number;
}

/** What account commands work with; each takes the few of them that it uses. */
export interface Services {
  db: Database;
  clock: Clock;
  hasher: PasswordHasher;
  signer: TokenSigner;
  limiter: AttemptLimiter;
  mails: MailTemplates;
  lifetimes: Lifetimes;
  signup: 'off' | 'open' | 'approval';
}

export type Uses<K extends keyof Services> = Pick<Services, K>;
