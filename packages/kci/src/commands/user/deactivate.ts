import { defineVerb } from '../../verb.ts';
import { findUser } from './accounts.ts';

export const verb = defineVerb<[username: string]>({
  description: 'Locks a user out; tokens stop working at once. For admins.',
  examples: [['kci --as admin user deactivate bob', 'lock bob out']],
  configure: (command) => {
    command.argument('<username>', 'whose account');
  },
  run: async (factory, [username]) => {
    const client = await factory.client();
    const { id } = await findUser(client, username);
    await client.users.update(id, { is_active: false });
  },
});
