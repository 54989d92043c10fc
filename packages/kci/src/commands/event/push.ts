import { defineVerb } from '../../verb.ts';
import { eventBody, FILE_HELP } from './event-file.ts';

export const verb = defineVerb<[file: string, list: string], { isJson?: boolean }>({
  description:
    'Puts the text of a file, or the JSON in it, at the end of a list. One of those who pop gets it.',
  examples: [
    ['kci event push job.json jobs --is-json', 'JSON'],
    ['echo build-7 | kci event push - builds', 'a text'],
  ],
  configure: (command) => {
    command
      .argument('<file>', FILE_HELP)
      .argument('<list>', 'name of the list')
      .option('--is-json', 'the file holds JSON');
  },
  run: async (factory, [file, list], { isJson = false }) => {
    const body = await eventBody(file, isJson);
    const client = await factory.client();
    await client.events.push(list, body);
  },
});
