import { idArgument } from '../../arguments/names.ts';
import { UsageError } from '../../errors.ts';
import { defineVerb } from '../../verb.ts';
import { position } from '../event/ids.ts';
import { printOutcome } from './print-outcome.ts';

interface ReplayOptions {
  event?: number;
  after?: number;
}

export const verb = defineVerb<[id: string], ReplayOptions>({
  description:
    'Sends one event to a webhook again, at once, and prints what came of it; or has the webhook go on behind another ' +
    'event, forwards or backwards, and prints the webhook.',
  examples: [
    ['kci webhook replay 65f1c0ffee65f1c0ffee65f1 --event 1207', 'this one once more'],
    ['kci webhook replay 65f1c0ffee65f1c0ffee65f1 --after 1200', 'all from 1201 on'],
  ],
  configure: (command) => {
    command
      .argument('<id>', 'id of the webhook')
      .option('--event <sequence-id>', 'send this event once more, out of turn', position)
      .option('--after <sequence-id>', 'go on behind this event', position);
  },
  run: async (factory, [id], { event, after }) => {
    const webhook = idArgument(id);
    if ((event === undefined) === (after === undefined))
      throw new UsageError('either --event or --after is needed');
    const { webhooks } = await factory.client();
    if (event !== undefined) await printOutcome(factory, await webhooks.replay(webhook, event));
    else if (after !== undefined) await factory.json(await webhooks.rewind(webhook, after));
  },
});
