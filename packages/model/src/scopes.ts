/**
 * What a token may be used for. Every token may read; `read-only` says that it may do nothing else.
 * `nodes` writes nodes and telemetry, `events` subscribes and publishes, `account` changes its owner's account and
 * tokens, `admin` uses the owner's admin rights.
 */
export const SCOPES = ['read-only', 'nodes', 'events', 'account', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** All rights of an account without admin rights. */
export const EVERYDAY_SCOPES: readonly Scope[] = ['nodes', 'events', 'account'];

export function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}
