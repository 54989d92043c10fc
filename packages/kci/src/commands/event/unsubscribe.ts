import { defineVerb } from '../../verb.ts';
import { subscriptionId } from './ids.ts';

export const verb = defineVerb<[id: string]>({
  description: 'Ends a subscription; nothing is kept for it any more.',
  examples: [['kci event unsubscribe 7', 'the subscription that subscribe called 7']],
  configure: (command) => {
    command.argument('<id>', 'what subscribe printed');
  },
  run: async (factory, [id]) => {
    const subscription = subscriptionId(id);
    const client = await factory.client();
    await client.events.unsubscribe(subscription);
  },
});
