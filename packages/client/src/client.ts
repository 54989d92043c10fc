import { createTransport, type TransportOptions } from './http/transport.ts';
import { auditNoun } from './nouns/audit.ts';
import { eventsNoun } from './nouns/events.ts';
import { feedNoun } from './nouns/feed.ts';
import { feedGroupsNoun } from './nouns/feed-groups.ts';
import { groupsNoun } from './nouns/groups.ts';
import { invitesNoun } from './nouns/invites.ts';
import { kvNoun } from './nouns/kv.ts';
import { nodesNoun } from './nouns/nodes.ts';
import { passwordsNoun } from './nouns/passwords.ts';
import { pinsNoun } from './nouns/pins.ts';
import { rootNoun } from './nouns/root.ts';
import { sessionNoun } from './nouns/session.ts';
import { signupsNoun } from './nouns/signups.ts';
import { telemetryNoun } from './nouns/telemetry.ts';
import { tokensNoun } from './nouns/tokens.ts';
import { usersNoun } from './nouns/users.ts';
import { webhooksNoun } from './nouns/webhooks.ts';

export type ClientOptions = TransportOptions;
export type Client = ReturnType<typeof createClient>;

/**
 * A client of the API at `baseUrl`. Nothing is sent before a method is called.
 *
 * Every method may throw `ApiError` (the API refused), `ConnectionError` (no answer) or `NotAnApiError` (something
 * answered that is not the API).
 * @throws TypeError when `baseUrl` is no http or https address
 */
export function createClient(options: ClientOptions) {
  const transport = createTransport(options);
  return {
    /** The address that requests go to, with the version prefix and a slash at the end. */
    url: transport.url,
    root: rootNoun(transport),
    session: sessionNoun(transport),
    users: usersNoun(transport),
    passwords: passwordsNoun(transport),
    invites: invitesNoun(transport),
    signups: signupsNoun(transport),
    tokens: tokensNoun(transport),
    groups: groupsNoun(transport),
    nodes: nodesNoun(transport),
    pins: pinsNoun(transport),
    events: eventsNoun(transport),
    feed: feedNoun(transport),
    feedGroups: feedGroupsNoun(transport),
    webhooks: webhooksNoun(transport),
    telemetry: telemetryNoun(transport),
    kv: kvNoun(transport),
    audit: auditNoun(transport),
  };
}
