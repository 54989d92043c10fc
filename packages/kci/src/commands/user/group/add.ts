import { defineVerb } from '../../../verb.ts';

export const verb = defineVerb<[name: string]>({
  description: 'Creates a user group. For admins.',
  examples: [
    ['kci --as admin user group add runtime:lava-lab:node-editor', 'a group for those who run a lab'],
  ],
  configure: (command) => {
    command.argument('<name>', 'name of the group');
  },
  run: async (factory, [name]) => {
    const client = await factory.client();
    await client.groups.create(name);
  },
});
