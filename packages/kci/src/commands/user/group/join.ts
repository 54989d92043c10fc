import { defineVerb } from '../../../verb.ts';
import { findUser } from '../accounts.ts';

export const verb = defineVerb<[name: string], { username: string }>({
  description: 'Puts a user into a group. For admins.',
  examples: [['kci --as admin user group join admin --username alice', 'make alice an admin']],
  configure: (command) => {
    command
      .argument('<name>', 'name of the group')
      .requiredOption('--username <name>', 'who is to be in the group');
  },
  run: async (factory, [name], { username }) => {
    const client = await factory.client();
    const user = await findUser(client, username);
    const groups = new Set([...user.groups.map((group) => group.name), name]);
    await client.users.update(user.id, { groups: [...groups] });
  },
});
