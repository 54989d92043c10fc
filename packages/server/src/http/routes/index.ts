import type { RouteDeps } from '../route-deps.ts';
import type { App } from '../server-types.ts';
import { registerListAudit } from './audit/list.ts';
import { registerListEvents } from './events/list.ts';
import { registerListen } from './events/listen.ts';
import { registerPop } from './events/pop.ts';
import { registerPublish } from './events/publish.ts';
import { registerPush } from './events/push.ts';
import { registerSubscribe } from './events/subscribe.ts';
import { registerSubscriptionStats } from './events/subscription-stats.ts';
import { registerUnsubscribe } from './events/unsubscribe.ts';
import { registerReadFeed } from './feed/read.ts';
import { registerStreamFeed } from './feed/stream.ts';
import { registerCreateGroup } from './groups/create.ts';
import { registerDeleteGroup } from './groups/delete.ts';
import { registerGetGroup } from './groups/get.ts';
import { registerListGroups } from './groups/list.ts';
import { registerAcceptInvite } from './invites/accept.ts';
import { registerInvite } from './invites/invite.ts';
import { registerInvitePage } from './invites/page.ts';
import { registerInviteUrl } from './invites/url.ts';
import { registerCountNodes } from './nodes/count.ts';
import { registerCreateNode } from './nodes/create.ts';
import { registerFastNodes } from './nodes/fast.ts';
import { registerGetNode } from './nodes/get.ts';
import { registerHierarchy } from './nodes/hierarchy.ts';
import { registerNodeHistory } from './nodes/history.ts';
import { registerListNodes } from './nodes/list.ts';
import { registerNodeset } from './nodes/nodeset.ts';
import { registerPatchNode } from './nodes/patch.ts';
import { registerReplaceNode } from './nodes/replace.ts';
import { registerNodeTree } from './nodes/tree.ts';
import { registerForgotPassword } from './passwords/forgot.ts';
import { registerResetPassword } from './passwords/reset.ts';
import { registerUpdatePassword } from './passwords/update.ts';
import { registerHealth } from './root/health.ts';
import { registerHello } from './root/hello.ts';
import { registerMetrics } from './root/metrics.ts';
import { registerReady } from './root/ready.ts';
import { registerLogin } from './session/login.ts';
import { registerLogout } from './session/logout.ts';
import { registerWhoami } from './session/whoami.ts';
import { registerApproveSignup } from './signups/approve.ts';
import { registerListSignups } from './signups/list.ts';
import { registerRejectSignup } from './signups/reject.ts';
import { registerSignUp } from './signups/sign-up.ts';
import { registerCreateToken } from './tokens/create.ts';
import { registerListTokens } from './tokens/list.ts';
import { registerRevokeToken } from './tokens/revoke.ts';
import { registerDeleteUser } from './users/delete.ts';
import { registerGetUser } from './users/get.ts';
import { registerListUsers } from './users/list.ts';
import { registerRegister } from './users/register.ts';
import { registerRequestVerifyToken } from './users/request-verify-token.ts';
import { registerUpdateUser } from './users/update.ts';
import { registerUpdateMe } from './users/update-me.ts';
import { registerVerify } from './users/verify.ts';

function registerPublic(app: App, deps: RouteDeps): void {
  registerHello(app);
  registerHealth(app);
  registerReady(app, deps);
  registerMetrics(app, deps);
  registerLogin(app, deps);
  registerCreateToken(app, deps);
  registerRequestVerifyToken(app, deps);
  registerVerify(app, deps);
  registerForgotPassword(app, deps);
  registerResetPassword(app, deps);
  registerUpdatePassword(app, deps);
  registerAcceptInvite(app, deps);
  registerInvitePage(app);
  registerSignUp(app, deps);
  registerListGroups(app, deps, '/groups', 'public');
  registerGetGroup(app, deps, '/group/:id', 'public');
  registerGetNode(app, deps);
  registerNodeHistory(app, deps);
  registerNodeTree(app, deps);
  registerListNodes(app, deps);
  registerFastNodes(app, deps);
  registerCountNodes(app, deps);
  registerListEvents(app, deps);
  registerReadFeed(app, deps);
  registerStreamFeed(app, deps);
}

function registerForAccounts(app: App, deps: RouteDeps): void {
  registerWhoami(app);
  registerLogout(app, deps);
  registerListTokens(app, deps);
  registerRevokeToken(app, deps);
  registerListUsers(app, deps);
  registerGetUser(app, deps);
  registerUpdateMe(app, deps);
  registerCreateNode(app, deps);
  registerReplaceNode(app, deps);
  registerPatchNode(app, deps);
  registerHierarchy(app, deps);
  registerNodeset(app, deps);
  registerSubscribe(app, deps);
  registerUnsubscribe(app, deps);
  registerListen(app, deps);
  registerPublish(app, deps);
  registerPush(app, deps);
  registerPop(app, deps);
}

function registerForAdmins(app: App, deps: RouteDeps): void {
  registerRegister(app, deps);
  registerUpdateUser(app, deps);
  registerDeleteUser(app, deps);
  registerInvite(app, deps);
  registerInviteUrl(app, deps);
  registerListSignups(app, deps);
  registerApproveSignup(app, deps);
  registerRejectSignup(app, deps);
  registerListGroups(app, deps, '/user-groups', 'admin');
  registerGetGroup(app, deps, '/user-groups/:id', 'admin');
  registerCreateGroup(app, deps, '/user-groups');
  registerCreateGroup(app, deps, '/group');
  registerDeleteGroup(app, deps, '/user-groups/:id');
  registerDeleteGroup(app, deps, '/group/:id');
  registerListAudit(app, deps);
  registerSubscriptionStats(app, deps);
}

/** Every route, by who may use it. */
export function registerRoutes(app: App, deps: RouteDeps): void {
  registerPublic(app, deps);
  registerForAccounts(app, deps);
  registerForAdmins(app, deps);
}
