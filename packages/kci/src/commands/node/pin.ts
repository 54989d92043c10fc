import { idArgument } from '../../arguments/names.ts';
import { defineVerb } from '../../verb.ts';

export const verb = defineVerb<[id: string], { reason?: string }>({
  description:
    'Keeps a node, with all that is above and below it, however old it grows. A node that is pinned already gets ' +
    'this reason, or none. For those who may edit the node. Prints the pin.',
  examples: [
    ['kci node pin 6526448e7d140ee220971a0e --reason "baseline of 6.12"', 'keep this tree'],
    ['kci node unpin 6526448e7d140ee220971a0e', 'no longer'],
  ],
  configure: (command) => {
    command.argument('<id>', 'id of the node').option('--reason <text>', 'why, for others to read');
  },
  run: async (factory, [id], { reason }) => {
    const node = idArgument(id);
    const client = await factory.client();
    await factory.json(await client.pins.pin(node, reason));
  },
});
