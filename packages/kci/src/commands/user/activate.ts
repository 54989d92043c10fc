import { defineVerb } from '../../verb.ts';
import { findUser } from './accounts.ts';

export const verb = defineVerb<[username: string]>({
  description: 'Lets a user in again who was deactivated. For admins.',
  examples: [['kci --as admin user activate bob', 'let bob in again']],
  configure: (command) => {
    command.argument('<username>', 'whose account');
  },
  run: async (factory, [username]) => {
    const client = await factory.client();
    const { id } = await findUser(client, username);
    await client.users.update(id, { is_active: true });
  },
});
