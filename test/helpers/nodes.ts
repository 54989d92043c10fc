import { type CallOptions, call } from './http.ts';

export interface ApiNode {
  id: string;
  kind: string;
  name: string;
  path: string[];
  group: string | null;
  parent: string | null;
  state: string;
  result: string | null;
  artifacts: Record<string, string>;
  data: Record<string, unknown>;
  debug: Record<string, unknown>;
  jobfilter: string[] | null;
  platform_filter: string[];
  created: string;
  updated: string;
  timeout: string | null;
  holdoff: string | null;
  owner: string;
  submitter: string | null;
  treeid: string | null;
  user_groups: string[];
  processed_by_kcidb_bridge: boolean;
  retry_counter: number;
}

export interface HistoryEntry {
  id: string;
  sequence_id: number;
  channel: string;
  owner: string;
  data: Record<string, unknown>;
}

export const REVISION = {
  tree: 'mainline',
  url: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git',
  branch: 'master',
  commit: '8f5ae30d69d7543eee0d70083daf4de8fe15d585',
};

/** The body of a checkout, with what is given on top. */
export const checkout = (extra: Record<string, unknown> = {}): Record<string, unknown> => ({
  kind: 'checkout',
  name: 'checkout',
  path: ['checkout'],
  data: { kernel_revision: REVISION },
  ...extra,
});

/** Creates the node and answers it; throws when the server refuses. */
export async function createNode(
  server: { url: string },
  token: string,
  body: Record<string, unknown> = checkout(),
  options: CallOptions = {},
): Promise<ApiNode> {
  const answer = await call<ApiNode>(server, 'POST', '/latest/node', { ...options, token, json: body });
  if (answer.status !== 200) throw new Error(`POST node answers ${answer.status}: ${answer.text}`);
  return answer.body;
}

export async function history(server: { url: string }, id: string): Promise<HistoryEntry[]> {
  const { body } = await call<HistoryEntry[]>(server, 'GET', `/latest/node/${id}/history?limit=10000`);
  return body;
}

/** Makes an account through an invite and answers its token. */
export async function makeUser(
  server: { url: string },
  adminToken: string,
  username: string,
  groups: string[] = [],
): Promise<string> {
  const invite = {
    username,
    email: `${username}@kernelci.org`,
    groups,
    send_email: false,
    return_token: true,
  };
  const invited = await call<{ token: string }>(server, 'POST', '/latest/user/invite', {
    token: adminToken,
    json: invite,
  });
  const password = `password of ${username}`;
  const json = { token: invited.body.token, password };
  await call(server, 'POST', '/latest/user/accept-invite', { json });
  const form = { username, password };
  const answer = await call<{ access_token: string }>(server, 'POST', '/latest/user/login', { form });
  return answer.body.access_token;
}
