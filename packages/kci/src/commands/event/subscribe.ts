import { defineVerb } from '../../verb.ts';

interface SubscribeOptions {
  promisc?: boolean;
  subscriberId?: string;
}

export const verb = defineVerb<[channel: string], SubscribeOptions>({
  description:
    "Subscribes to a channel and prints the subscription's id, for receive. Events are kept for it from now on, until " +
    'unsubscribe.',
  examples: [
    ['id=$(kci event subscribe node)', 'follow nodes from now on'],
    ['kci event receive "$id"', '… and wait for the next event'],
    ['kci event subscribe node --subscriber-id my-service', 'come back later and miss nothing'],
  ],
  configure: (command) => {
    command
      .argument('<channel>', 'such as node')
      .option('--promisc', "events of every owner; otherwise one's own and those of nobody")
      .option('--subscriber-id <name>', 'a name to come back under: what was not acknowledged comes again');
  },
  run: async (factory, [channel], { promisc, subscriberId }) => {
    const client = await factory.client();
    const { id } = await client.events.subscribe(channel, { promiscuous: promisc, subscriberId });
    factory.result(String(id));
  },
});
