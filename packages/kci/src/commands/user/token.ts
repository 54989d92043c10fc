import type { Scope } from '@kernelci/model';
import { durationSeconds } from '../../arguments/durations.ts';
import { collectWords } from '../../arguments/lists.ts';
import { UsageError } from '../../errors.ts';
import type { Factory } from '../../factory.ts';
import { makeToken } from '../../tokens/make-token.ts';
import { defineVerb } from '../../verb.ts';

interface Options {
  everyday?: boolean;
  scope?: string[];
  name?: string;
  expires?: number;
  save?: string | true;
}

export const verb = defineVerb<[username: string | undefined], Options>({
  description:
    'Makes a token for who knows the password, and prints it. It carries all rights of the account and is valid for ' +
    '90 days, unless limited. Of an admin, keep such a token under a name and use it with --as only.',
  examples: [
    ['kci user token alice', 'asks for the password, prints the token'],
    ['kci user token alice --everyday --save', 'a token without admin rights, saved as the default one'],
    ['kci user token alice --expires 8h --save admin', 'saved as "admin", for: kci --as admin …'],
    [
      'kci user token alice --scope read-only --name "status page" --expires 52w',
      'for a program that only reads',
    ],
    ['kci user token alice < password.txt', 'the password comes from standard input'],
  ],
  configure: (command) => {
    command
      .argument('[username]', 'whose token')
      .option('--everyday', 'without admin rights, whoever it belongs to')
      .option(
        '--scope <scope>',
        'only this right: read-only, nodes, events, account or admin (may be repeated)',
        collectWords,
      )
      .option('--name <text>', 'what the token is for, for lists of tokens')
      .option('--expires <time>', 'how long it is valid, such as 12h, 30d or 4w', durationSeconds)
      .option('--save [name]', 'save it instead of printing it: as the everyday token, or under a name');
  },
  run: async (factory, args, options) => {
    const { username, save } = target(args[0], options.save);
    const scopes = await scopesOf(options);
    const shelf = save === undefined ? undefined : await openShelf(factory, save);
    const client = await factory.publicClient();
    const password = await (await factory.prompter()).secret('Password: ');
    const made = await makeToken(client, {
      username,
      password,
      scopes,
      name: options.name,
      expiresIn: options.expires,
    });
    if (shelf === undefined) factory.result(made.token);
    else await shelf(made);
  },
});

/** In `--save alice` the last word may be meant as the user: a command without a user makes no sense. */
function target(username: string | undefined, save: string | true | undefined) {
  if (username !== undefined) return { username, save };
  if (typeof save === 'string') return { username: save, save: true as const };
  throw new UsageError("missing required argument 'username'");
}

async function scopesOf({ everyday, scope }: Options): Promise<readonly Scope[] | undefined> {
  if (everyday !== true && scope === undefined) return undefined;
  const { EVERYDAY_SCOPES, isScope, SCOPES } = await import('@kernelci/model');
  if (scope === undefined) return EVERYDAY_SCOPES;
  const unknown = scope.find((name) => !isScope(name));
  if (unknown !== undefined)
    throw new UsageError(`'${unknown}' is not a scope: there are ${SCOPES.join(', ')}`);
  const scopes = scope.filter(isScope);
  if (scopes.length === 0) throw new UsageError('--scope needs the name of a scope');
  if (everyday === true && scopes.includes('admin')) {
    throw new UsageError('an everyday token has no admin rights: leave out --everyday or --scope admin');
  }
  return scopes;
}

async function openShelf(factory: Factory, save: string | true) {
  const [{ shelveToken, tokenShelf }, { carriesAdminRights }] = await Promise.all([
    import('../../tokens/save-token.ts'),
    import('../../tokens/admin-rights.ts'),
  ]);
  const name = save === true ? undefined : save;
  const shelf = await tokenShelf(factory, name);
  return async (made: Awaited<ReturnType<typeof makeToken>>) => {
    const asAdmin = name === undefined && (await carriesAdminRights(factory, shelf.api, made));
    const place = shelveToken(shelf, made.token, asAdmin ? 'admin' : name);
    factory.note(`Token saved: ${place}`);
    if (asAdmin)
      factory.note("It carries admin rights, so it is not the default one: use it with 'kci --as admin …'");
  };
}
