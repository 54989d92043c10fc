import { idArgument } from '../../arguments/names.ts';
import { defineVerb } from '../../verb.ts';

export const verb = defineVerb<[id: string]>({
  description:
    'Takes the pin of a node away: what nothing else keeps is removed when it is old. For those who may edit the ' +
    'node. Prints that it is not pinned.',
  examples: [['kci node unpin 6526448e7d140ee220971a0e', 'this tree may go']],
  configure: (command) => {
    command.argument('<id>', 'id of the node');
  },
  run: async (factory, [id]) => {
    const node = idArgument(id);
    const client = await factory.client();
    await factory.json(await client.pins.unpin(node));
  },
});
