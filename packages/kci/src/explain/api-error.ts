import { type ApiError, describeProblem } from '@kernelci/client';
import type { Factory } from '../factory.ts';
import type { Api } from '../settings/apis.ts';
import { commandLine } from './command-line.ts';
import type { Explanation } from './explanation.ts';
import { forbiddenHint, NO_ADMIN_SCOPE } from './forbidden.ts';
import { unauthorizedHint } from './unauthorized.ts';

/** What the API's codes mean, and what to do with `{kci}`, the command with what it needs to find the API. */
const CODES: Record<string, string> = {
  LOGIN_BAD_CREDENTIALS: 'the user name or the password is wrong, or the account is not active',
  LOGIN_USER_NOT_VERIFIED: "the e-mail address is not verified yet: '{kci} user verify EMAIL' does it",
  RESET_PASSWORD_BAD_TOKEN:
    "the token is wrong, used or expired: '{kci} user password reset EMAIL' has a new one mailed",
  VERIFY_USER_BAD_TOKEN:
    "the token is wrong, used or expired: '{kci} user verify EMAIL' has a new one mailed",
  VERIFY_USER_ALREADY_VERIFIED: 'nothing is left to do: the address is verified',
  UPDATE_USER_EMAIL_ALREADY_EXISTS: 'another account has this e-mail address',
};

/** The API knows who asks, and that they may not change this node. */
const NOT_YOURS = 'Unauthorized to complete the operation';
const EDITORS =
  'a node can be changed by its owner, by admins, and by members of its user_groups, of node:edit:any and of ' +
  "its runtime's groups: 'kci user whoami' tells who you are and which groups you are in";

/** Explains a refusal; status and address stay in the text. */
export async function explainApiError(
  error: ApiError,
  argv: readonly string[],
  factory: Factory | undefined,
): Promise<Explanation> {
  const status = `HTTP ${error.status} ${error.statusText}`.trim();
  return {
    message: `${status} for ${error.method} ${error.url}${reason(error)}`,
    hint: await hintFor(error, argv, factory),
  };
}

function reason({ detail, problems }: ApiError): string {
  if (detail?.startsWith(NO_ADMIN_SCOPE) === true) return `: ${NO_ADMIN_SCOPE}`;
  if (problems.length === 0) return detail === undefined ? '' : `: ${detail.replace(/\s+/g, ' ')}`;
  return `\n${problems.map((problem) => `  ${describeProblem(problem)}`).join('\n')}`;
}

async function hintFor(
  error: ApiError,
  argv: readonly string[],
  factory: Factory | undefined,
): Promise<string | undefined> {
  const { status, detail, retryAfter } = error;
  if (status === 401 && detail === NOT_YOURS) return EDITORS;
  if (status === 401) return unauthorizedHint(factory);
  if (status === 403) return forbiddenHint(detail, argv, factory);
  if (status === 429)
    return retryAfter === undefined ? 'try again later' : `try again in ${wait(retryAfter)}`;
  if (status >= 500) {
    const when = retryAfter === undefined ? 'later' : `in ${wait(retryAfter)}`;
    return `the server, or a proxy before it, cannot answer at present: try again ${when}; its log says more`;
  }
  if (detail === undefined && error.problems.length === 0) {
    return `is ${factory?.lastAccess?.api.url ?? 'this'} the address of a KernelCI API?`;
  }
  if (detail === undefined || !Object.hasOwn(CODES, detail)) return undefined;
  return CODES[detail]?.replace('{kci}', kciFor(factory?.lastAccess?.api));
}

function kciFor(api: Api | undefined): string {
  return api?.isConfigured === false ? commandLine(['--api-url', api.url]) : 'kci';
}

function wait(seconds: number): string {
  if (seconds < 120) return `${seconds} second${seconds === 1 ? '' : 's'}`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
