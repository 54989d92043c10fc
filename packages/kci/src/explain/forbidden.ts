import type { Factory } from '../factory.ts';
import { apiSecrets } from '../settings/secrets.ts';
import { commandLine } from './command-line.ts';

/** Begins the refusal that only an admin's token without admin rights gets; advice for all clients follows. */
export const NO_ADMIN_SCOPE = 'Forbidden: this token does not carry the admin scope';

const LACKS_SCOPE = /^Forbidden: this token does not carry the (nodes|events|account) scope/;

/** Which token would do; in an admin's settings it is one of the named ones. */
export async function forbiddenHint(
  detail: string | undefined,
  argv: readonly string[],
  factory: Factory | undefined,
): Promise<string | undefined> {
  const access = factory?.lastAccess;
  if (factory === undefined || access === undefined) return undefined;
  if (detail !== undefined && LACKS_SCOPE.test(detail)) {
    return "make a token that does: 'kci user token USERNAME --everyday --save'";
  }
  const lacksScope = detail?.startsWith(NO_ADMIN_SCOPE) === true;
  if (!lacksScope && detail !== 'Forbidden') return undefined;
  const names = [...apiSecrets(await factory.settings(), access.api.name).named.keys()];
  const name = names.includes('admin') ? 'admin' : names[0];
  if (name !== undefined && name !== access.token?.name) {
    return `use the token saved as '${name}': ${commandLine(['--as', name, ...argv])}`;
  }
  if (lacksScope) return `make a token that does: 'kci login', or 'kci user token USERNAME --save admin'`;
  return "this takes an admin's token; for your own account, a verified e-mail address ('kci user verify EMAIL')";
}
