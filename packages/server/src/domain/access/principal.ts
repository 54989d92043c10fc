import { EVERYDAY_SCOPES, SCOPES, type Scope } from '@kernelci/model';
import { DomainError, forbidden } from '../../errors.ts';

export const ADMIN_GROUP = 'admin';
export const EDIT_ANY_GROUP = 'node:edit:any';

/** What access decisions need to know of an account. */
export interface Account {
  id: string;
  username: string;
  email: string;
  isActive: boolean;
  isVerified: boolean;
  isSuperuser: boolean;
  tokenGeneration: number;
  groups: ReadonlyArray<{ id: string; name: string }>;
}

/** Who makes a request: an account, and what the token it came with may be used for. */
export interface Principal {
  account: Account;
  tokenId: string | null;
  scopes: ReadonlySet<Scope>;
}

/** Every scope but the one that says "nothing else". */
export const ALL_SCOPES: readonly Scope[] = SCOPES.filter((scope) => scope !== 'read-only');

/** Whether the account has admin rights, whatever token is used. */
export function isAdminAccount(account: Pick<Account, 'isSuperuser' | 'groups'>): boolean {
  return account.isSuperuser || account.groups.some((group) => group.name === ADMIN_GROUP);
}

export function isAdmin(principal: Principal): boolean {
  return principal.scopes.has('admin') && isAdminAccount(principal.account);
}

/** All that the account may do, as scopes. */
export function rightsOf(account: Pick<Account, 'isSuperuser' | 'groups'>): readonly Scope[] {
  return isAdminAccount(account) ? ALL_SCOPES : EVERYDAY_SCOPES;
}

/** Throws unless the principal has admin rights; tells an admin who came with an everyday token what would work. */
export function requireAdmin(principal: Principal): void {
  if (isAdmin(principal)) return;
  if (!isAdminAccount(principal.account)) throw forbidden();
  throw forbidden(
    'Forbidden: this token does not carry the admin scope. Use one that does: ' +
      '`kci --as admin …`; `kci user token USERNAME --save admin` makes it',
  );
}

/** Throws unless the token may be used for it. */
export function requireScope(principal: Principal, scope: Scope): void {
  if (principal.scopes.has(scope)) return;
  throw new DomainError(
    'forbidden',
    `Forbidden: this token does not carry the ${scope} scope, only ${[...principal.scopes].join(', ') || 'none'}`,
  );
}
