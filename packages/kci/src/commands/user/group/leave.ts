import { KciError } from '../../../errors.ts';
import { defineVerb } from '../../../verb.ts';

export const verb = defineVerb<[name: string]>({
  description: 'Takes yourself out of a group. Only an admin can put you back.',
  examples: [['kci user group leave runtime:lava-lab:node-editor', 'leave the group']],
  configure: (command) => {
    command.argument('<name>', 'name of the group');
  },
  run: async (factory, [name]) => {
    const client = await factory.client();
    const { groups, username } = await client.session.whoami();
    const others = groups.map((group) => group.name).filter((other) => other !== name);
    if (others.length === groups.length) throw new KciError(`${username} is not in the group ${name}`);
    await client.users.updateMe({ groups: others });
  },
});
