import type { Claims } from './decode.ts';

/** Which scopes a token carries, in words. */
export function describeScopes({ scopes }: Claims): string {
  if (scopes === undefined) return 'all that its account may do (it is a token without scopes)';
  return scopes.join(', ') || 'none';
}

/** Whether a token carries admin rights when its account has them. */
export function mayAdminister({ scopes }: Claims): boolean {
  return scopes === undefined || scopes.includes('admin');
}

/** When a token expires, or expired. */
export function describeExpiry({ exp }: Claims): string {
  if (exp === undefined) return 'never';
  const left = exp * 1000 - Date.now();
  return left > 0 ? `${dateOf(exp)} (in ${span(left)})` : `${dateOf(exp)} (${span(-left)} ago)`;
}

/** `2027-02-23 10:15:00 UTC` */
export function dateOf(epochSeconds: number): string {
  return `${new Date(epochSeconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

function span(milliseconds: number): string {
  if (milliseconds >= 2 * DAY_MS) return `${Math.round(milliseconds / DAY_MS)} days`;
  if (milliseconds >= 2 * HOUR_MS) return `${Math.round(milliseconds / HOUR_MS)} hours`;
  return `${Math.ceil(milliseconds / MINUTE_MS)} minutes`;
}
