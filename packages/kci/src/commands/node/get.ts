import { idArgument } from '../../arguments/names.ts';
import { defineVerb } from '../../verb.ts';

export const verb = defineVerb<[id: string]>({
  description: 'Shows one node; null when there is none of that id. No token is needed.',
  examples: [['kci node get 6526448e7d140ee220971a0e --indent=1', 'the node']],
  configure: (command) => {
    command.argument('<id>', 'id of the node');
  },
  run: async (factory, [id]) => {
    const node = idArgument(id);
    const client = await factory.publicClient();
    await factory.json(await client.nodes.get(node));
  },
});
