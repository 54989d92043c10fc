import { idArgument } from '../../arguments/names.ts';
import { defineVerb } from '../../verb.ts';

export const verb = defineVerb<[id: string]>({
  description:
    'Has a webhook go on at once: one that was disabled after failing for too long, or one that waits for its next try. ' +
    'Prints it.',
  examples: [['kci webhook enable 65f1c0ffee65f1c0ffee65f1', 'when its address works again']],
  configure: (command) => {
    command.argument('<id>', 'id of the webhook');
  },
  run: async (factory, [id]) => {
    const webhook = idArgument(id);
    const client = await factory.client();
    await factory.json(await client.webhooks.update(webhook, { active: true }));
  },
});
