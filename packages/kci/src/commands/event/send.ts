import { defineVerb } from '../../verb.ts';
import { eventBody, FILE_HELP } from './event-file.ts';

export const verb = defineVerb<[file: string, channel: string], { isJson?: boolean }>({
  description: "Publishes the text of a file, or the JSON in it, to a channel's subscribers.",
  examples: [
    ['echo hello | kci event send - greetings', 'a text'],
    ['kci event send retry.json retry --is-json', 'JSON'],
  ],
  configure: (command) => {
    command
      .argument('<file>', FILE_HELP)
      .argument('<channel>', 'where to publish it')
      .option('--is-json', 'the file holds JSON');
  },
  run: async (factory, [file, channel], { isJson = false }) => {
    const body = await eventBody(file, isJson);
    const client = await factory.client();
    await client.events.publish(channel, body);
  },
});
