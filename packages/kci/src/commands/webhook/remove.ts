import { idArgument } from '../../arguments/names.ts';
import { defineVerb } from '../../verb.ts';

export const verb = defineVerb<[id: string]>({
  description: 'Removes a webhook: nothing is sent to its address any more.',
  examples: [['kci webhook remove 65f1c0ffee65f1c0ffee65f1', 'for good']],
  configure: (command) => {
    command.argument('<id>', 'id of the webhook');
  },
  run: async (factory, [id]) => {
    const webhook = idArgument(id);
    const client = await factory.client();
    await client.webhooks.delete(webhook);
  },
});
