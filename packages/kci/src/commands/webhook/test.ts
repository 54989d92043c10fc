import { idArgument } from '../../arguments/names.ts';
import { defineVerb } from '../../verb.ts';
import { printOutcome } from './print-outcome.ts';

export const verb = defineVerb<[id: string]>({
  description:
    "Sends a test event to a webhook's address and prints what came of it; ends with 1 when that failed.",
  examples: [['kci webhook test 65f1c0ffee65f1c0ffee65f1', 'does it arrive?']],
  configure: (command) => {
    command.argument('<id>', 'id of the webhook');
  },
  run: async (factory, [id]) => {
    const webhook = idArgument(id);
    const client = await factory.client();
    await printOutcome(factory, await client.webhooks.test(webhook));
  },
});
