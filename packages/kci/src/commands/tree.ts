import type { Example, Verb } from '../verb.ts';

/** A command; its module is loaded when it is called or asked for help. */
export interface Leaf {
  summary: string;
  load: () => Promise<Verb>;
}

export interface Group {
  summary: string;
  examples: readonly Example[];
  children: Readonly<Record<string, Leaf | Group>>;
}

const password: Group = {
  summary: 'Change or reset a password',
  examples: [
    ['kci user password update alice', 'change the password that you know'],
    ['kci user password reset alice@example.org', 'have a token mailed and set a new password with it'],
  ],
  children: {
    update: leaf('Change a password, knowing the present one', () => import('./user/password/update.ts')),
    reset: leaf('Set a new password with a mailed token', () => import('./user/password/reset.ts')),
  },
};

const group: Group = {
  summary: 'List and change user groups',
  examples: [
    ['kci user group list', 'all groups'],
    ['kci --as admin user group add runtime:lava-lab', 'create a group'],
    ['kci --as admin user group join runtime:lava-lab --username alice', 'put alice into it'],
    ['kci user group leave runtime:lava-lab', 'leave it yourself'],
  ],
  children: {
    find: leaf('List groups, all or those that fit', () => import('./user/group/find.ts')),
    list: leaf('The same as find', () => import('./user/group/find.ts')),
    add: leaf('Create a group', () => import('./user/group/add.ts')),
    join: leaf('Put a user into a group', () => import('./user/group/join.ts')),
    leave: leaf('Leave a group', () => import('./user/group/leave.ts')),
    delete: leaf('Delete a group that nobody is in', () => import('./user/group/delete.ts')),
  },
};

const tokens: Group = {
  summary: 'List and revoke tokens',
  examples: [
    ['kci user tokens list --indent=2', 'your tokens: what they may do, when they expire, when last used'],
    ['kci user tokens revoke 65f1c0ffee65f1c0ffee65f1', 'make a token useless at once'],
  ],
  children: {
    list: leaf('List tokens', () => import('./user/tokens/list.ts')),
    revoke: leaf('Revoke tokens', () => import('./user/tokens/revoke.ts')),
  },
};

const signups: Group = {
  summary: 'Decide who gets an account',
  examples: [
    ['kci --as admin user signups list --state pending', 'who is waiting'],
    ['kci --as admin user signups approve 65f1c0ffee65f1c0ffee65f1', 'let somebody in'],
  ],
  children: {
    list: leaf('List requests for accounts', () => import('./user/signups/list.ts')),
    approve: leaf('Grant a request', () => import('./user/signups/approve.ts')),
    reject: leaf('Refuse a request', () => import('./user/signups/reject.ts')),
  },
};

const user: Group = {
  summary: 'Accounts, tokens, passwords and groups',
  examples: [
    ['kci user whoami --indent=1', 'the account that your token belongs to'],
    ['kci user token alice', 'a new token for alice, who types her password'],
    ['kci event watch kind=job state=done', 'jobs that end, as it happens'],
    ['kci --as admin user add alice alice@example.org', 'create an account'],
    ['kci user find username=alice --indent=1', 'look an account up'],
  ],
  children: {
    whoami: leaf('Show the account that the token belongs to', () => import('./user/whoami.ts')),
    token: leaf('Make a token', () => import('./user/token.ts')),
    'token-info': leaf(
      'Tell what a token says, without asking the API',
      () => import('./user/token-info.ts'),
    ),
    tokens,
    find: leaf('List accounts, all or those that fit', () => import('./user/find.ts')),
    get: leaf('Show one account', () => import('./user/get.ts')),
    add: leaf('Create an account', () => import('./user/add.ts')),
    invite: leaf('Create an account whose owner sets the password', () => import('./user/invite.ts')),
    'accept-invite': leaf(
      'Set the password of an account you are invited to',
      () => import('./user/accept-invite.ts'),
    ),
    signup: leaf('Ask for an account of your own', () => import('./user/signup.ts')),
    signups,
    update: leaf('Change an account', () => import('./user/update.ts')),
    activate: leaf('Let a user in again', () => import('./user/activate.ts')),
    deactivate: leaf('Lock a user out', () => import('./user/deactivate.ts')),
    delete: leaf('Delete an account', () => import('./user/delete.ts')),
    verify: leaf('Prove that an e-mail address is yours', () => import('./user/verify.ts')),
    password,
    group,
  },
};

const node: Group = {
  summary: 'Find, submit and watch nodes: checkouts, builds, jobs, tests',
  examples: [
    ['kci node find kind=checkout --sort=-created --format table', 'the latest checkouts'],
    ['kci node get 6526448e7d140ee220971a0e --indent=1', 'one node'],
    ['kci node tree 6526448e7d140ee220971a0e', 'a checkout with all that was built and tested'],
    ['kci node submit checkout.json', 'create a node'],
    ['kci node watch 6526448e7d140ee220971a0e', 'wait until a node is done'],
  ],
  children: {
    get: leaf('Show one node', () => import('./node/get.ts')),
    find: leaf('List nodes, page by page', () => import('./node/find.ts')),
    findfast: leaf('List nodes, all that fit at once', () => import('./node/findfast.ts')),
    count: leaf('Count nodes', () => import('./node/count.ts')),
    submit: leaf('Create or replace a node from a file', () => import('./node/submit.ts')),
    'submit-hierarchy': leaf(
      'Replace a node and add the tree below it',
      () => import('./node/submit-hierarchy.ts'),
    ),
    watch: leaf('Follow a node until it is done', () => import('./node/watch.ts')),
    tree: leaf('Draw a node and all that is below it', () => import('./node/tree.ts')),
    pin: leaf('Keep a node and its tree, however old they grow', () => import('./node/pin.ts')),
    unpin: leaf('Take the pin of a node away', () => import('./node/unpin.ts')),
  },
};

const eventGroup: Group = {
  summary: 'Share events among workers, each event for one of them',
  examples: [
    ['kci event group create builders kind=checkout state=available', 'a group of workers'],
    ['kci event group claim builders --wait 30s', 'what a worker does, again and again'],
    ['kci event group ack builders 1207', '… and when it is done with an event'],
    ['kci event group list --format table', 'how far the groups have come'],
  ],
  children: {
    create: leaf('Create or change a consumer group', () => import('./event/group/create.ts')),
    list: leaf('List consumer groups', () => import('./event/group/list.ts')),
    show: leaf('Show one consumer group', () => import('./event/group/show.ts')),
    delete: leaf('Delete a consumer group', () => import('./event/group/delete.ts')),
    claim: leaf('Take events to work on', () => import('./event/group/claim.ts')),
    ack: leaf('Acknowledge events that are done', () => import('./event/group/ack.ts')),
    dead: leaf('List events that nobody could handle', () => import('./event/group/dead.ts')),
    retry: leaf('Have those delivered again', () => import('./event/group/retry.ts')),
  },
};

const event: Group = {
  summary: 'Watch, publish and receive events',
  examples: [
    ['kci event watch kind=job state=done', 'jobs that end, as it happens'],
    ['kci event list node_id=6526448e7d140ee220971a0e --format table', 'what happened to a node'],
    ['id=$(kci event subscribe node)', 'a subscription …'],
    ['kci event receive "$id"', '… and its next event'],
    ['kci event send retry.json retry --is-json', 'publish an event'],
  ],
  children: {
    watch: leaf('Print events as they happen', () => import('./event/watch.ts')),
    list: leaf('List past events', () => import('./event/list.ts')),
    subscribe: leaf('Subscribe to a channel', () => import('./event/subscribe.ts')),
    unsubscribe: leaf('End a subscription', () => import('./event/unsubscribe.ts')),
    receive: leaf("Wait for a subscription's next event", () => import('./event/receive.ts')),
    send: leaf('Publish an event on a channel', () => import('./event/send.ts')),
    push: leaf('Put an item at the end of a list', () => import('./event/push.ts')),
    pop: leaf('Take the first item of a list', () => import('./event/pop.ts')),
    stats: leaf('Show all subscriptions, for admins', () => import('./event/stats.ts')),
    group: eventGroup,
  },
};

const webhook: Group = {
  summary: 'Have events sent to an address',
  examples: [
    ['kci webhook add https://ci.example.org/hook kind=checkout state=available', 'send what fits there'],
    ['kci webhook test 65f1c0ffee65f1c0ffee65f1', 'does it arrive?'],
    ['kci webhook list --format table', 'which there are, and whether they work'],
    ['kci webhook deliveries 65f1c0ffee65f1c0ffee65f1 --format table', 'what was sent, and what came of it'],
  ],
  children: {
    add: leaf('Add a webhook', () => import('./webhook/add.ts')),
    list: leaf('List webhooks', () => import('./webhook/list.ts')),
    show: leaf('Show one webhook', () => import('./webhook/show.ts')),
    test: leaf('Send a test event', () => import('./webhook/test.ts')),
    replay: leaf('Send past events again', () => import('./webhook/replay.ts')),
    deliveries: leaf('List what was sent', () => import('./webhook/deliveries.ts')),
    enable: leaf('Have a webhook go on', () => import('./webhook/enable.ts')),
    remove: leaf('Remove a webhook', () => import('./webhook/remove.ts')),
  },
};

const telemetry: Group = {
  summary: 'Tell and ask what happens in labs',
  examples: [
    ['kci telemetry stats --since 24h', 'how the labs do'],
    ['kci telemetry anomalies', 'what fails more than it should'],
    ['kci telemetry find is_infra_error=true --since 6h', 'what went wrong'],
    ['kci telemetry send events.json', 'store telemetry'],
  ],
  children: {
    send: leaf('Store telemetry from a file', () => import('./telemetry/send.ts')),
    find: leaf('List telemetry', () => import('./telemetry/find.ts')),
    stats: leaf('Count telemetry', () => import('./telemetry/stats.ts')),
    anomalies: leaf('Show what fails more than it should', () => import('./telemetry/anomalies.ts')),
  },
};

export const ROOT: Group = {
  summary: 'Work with a KernelCI API: nodes, events, telemetry, accounts, tokens and groups.',
  examples: [
    ['kci login', 'set kci up: asks for address, name and password'],
    ['kci user whoami --indent=1', 'check that it works'],
    ['kci node find kind=checkout --sort=-created --format table', 'the latest checkouts'],
    ['kci --as admin user add alice alice@example.org', 'use the token saved as "admin" for this command'],
    ['kci user token --help', 'what a command does, with examples'],
  ],
  children: {
    login: leaf('Set kci up for an API and save tokens', () => import('./login.ts')),
    api: {
      summary: 'Ask the API about itself',
      examples: [['kci api hello', 'check that the API answers']],
      children: { hello: leaf('Check that the API answers', () => import('./api/hello.ts')) },
    },
    node,
    event,
    webhook,
    telemetry,
    user,
    audit: leaf('Show who changed what, for admins', () => import('./audit.ts')),
    completion: leaf('Print the completion script of a shell', () => import('./completion.ts')),
  },
};

function leaf(summary: string, load: () => Promise<{ verb: Verb }>): Leaf {
  return { summary, load: async () => (await load()).verb };
}

export function isGroup(node: Leaf | Group): node is Group {
  return 'children' in node;
}
