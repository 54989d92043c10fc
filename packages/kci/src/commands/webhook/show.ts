import { idArgument } from '../../arguments/names.ts';
import { defineVerb } from '../../verb.ts';

export const verb = defineVerb<[id: string]>({
  description:
    'Shows a webhook: what it wants, how far it has come, and what is wrong with it, if anything is.',
  examples: [['kci webhook show 65f1c0ffee65f1c0ffee65f1 --indent=1', 'one webhook']],
  configure: (command) => {
    command.argument('<id>', 'id of the webhook');
  },
  run: async (factory, [id]) => {
    const webhook = idArgument(id);
    const client = await factory.client();
    await factory.json(await client.webhooks.get(webhook));
  },
});
