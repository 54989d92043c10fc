import { defineVerb } from '../../verb.ts';
import { findUser } from './accounts.ts';

export const verb = defineVerb<[username: string]>({
  description:
    'Deletes an account, with its tokens. For admins. This cannot be undone: deactivate only locks the user out.',
  examples: [['kci --as admin user delete bob', "delete bob's account"]],
  configure: (command) => {
    command.argument('<username>', 'whose account');
  },
  run: async (factory, [username]) => {
    const client = await factory.client();
    const { id } = await findUser(client, username);
    await client.users.delete(id);
  },
});
