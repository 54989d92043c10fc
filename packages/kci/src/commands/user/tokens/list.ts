import type { TokenOwner } from '@kernelci/client';
import { UsageError } from '../../../errors.ts';
import { defineVerb } from '../../../verb.ts';
import { fetchList, type ListOptions, takesPaging } from '../../lists.ts';

interface Options extends ListOptions {
  username?: string;
  allUsers?: boolean;
}

export const verb = defineVerb<[], Options>({
  description:
    'Prints registered tokens as a JSON array: what each is called and may do, when it expires and was last used. ' +
    'The tokens themselves are not stored anywhere but where you keep them.',
  examples: [
    ['kci user tokens list --indent=2', 'your own'],
    ['kci --as admin user tokens list --username bob', 'those of bob'],
    ['kci --as admin user tokens list --all-users --all', 'those of everybody'],
  ],
  configure: (command) => {
    command
      .option('--username <name>', 'whose tokens (admins); default: your own')
      .option('--all-users', 'those of everybody (admins)');
    takesPaging(command);
  },
  run: async (factory, _args, options) => {
    const { username, allUsers } = options;
    if (username !== undefined && allUsers === true)
      throw new UsageError('--username and --all-users exclude each other');
    const owner: TokenOwner = { username, all: allUsers };
    const client = await factory.client();
    await factory.json(await fetchList(factory, options, (page) => client.tokens.list(owner, page)));
  },
});
