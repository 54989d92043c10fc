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
  },
};

export const ROOT: Group = {
  summary: 'Work with a KernelCI API: nodes, accounts, tokens and groups.',
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
