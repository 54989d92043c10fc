import { KciError } from '../../../errors.ts';
import { defineVerb } from '../../../verb.ts';

export const verb = defineVerb<[name: string]>({
  description: 'Deletes a user group that nobody is in. For admins.',
  examples: [['kci --as admin user group delete runtime:lava-lab:node-editor', 'delete the group']],
  configure: (command) => {
    command.argument('<name>', 'name of the group');
  },
  run: async (factory, [name]) => {
    const client = await factory.client();
    const { items } = await client.groups.find({ name }, { limit: 10 });
    const group = items.find((candidate) => candidate.name === name);
    if (group === undefined)
      throw new KciError(`Group not found: ${name}`, "'kci user group list --all' shows them");
    await client.groups.delete(group.id);
  },
});
