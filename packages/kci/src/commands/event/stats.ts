import { defineVerb } from '../../verb.ts';

export const verb = defineVerb({
  description:
    'Prints all subscriptions as a JSON array: whose, of which channel, when last asked for. For admins.',
  examples: [['kci --as admin event stats --indent=1', 'who listens to what']],
  run: async (factory) => {
    const client = await factory.client();
    await factory.json(await client.events.stats());
  },
});
