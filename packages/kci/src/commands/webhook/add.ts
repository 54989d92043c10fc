import { KciError } from '../../errors.ts';
import { readInput } from '../../io/read-input.ts';
import { defineVerb } from '../../verb.ts';
import { type ChannelOption, eventChoice, FILTERS_HELP, filterBody, takesFilters } from '../event/filters.ts';

interface AddOptions extends ChannelOption {
  description?: string;
  secretFile?: string;
}

export const verb = defineVerb<[url: string, filters: string[]], AddOptions>({
  description:
    'Has the API send events to an address, from now on, and prints the webhook with the secret that its requests are ' +
    `signed with. The secret is not shown again. ${FILTERS_HELP}`,
  examples: [
    ['kci webhook add https://ci.example.org/hook kind=checkout state=available', 'checkouts that are ready'],
    [
      'kci webhook add https://chat.example.org/in result=fail --description "failures to the chat"',
      'failures',
    ],
    [
      'kci webhook add https://ci.example.org/hook --secret-file secret.txt',
      'signed with a secret of your own',
    ],
  ],
  configure: (command) => {
    command.argument('<url>', 'where to send events');
    takesFilters(command);
    command
      .option('--description <text>', 'what it is for')
      .option(
        '--secret-file <file>',
        'a file with the secret, whsec_…; -: standard input (default: a new one)',
      );
  },
  run: async (factory, [url, filters], options) => {
    const choice = eventChoice(filters, options);
    const { description, secretFile } = options;
    const secret = secretFile === undefined ? undefined : await readSecret(secretFile);
    const client = await factory.client();
    const webhook = await client.webhooks.create({
      url,
      filter: filterBody(choice.filters),
      ...(choice.channel !== undefined && { channel: choice.channel }),
      ...(description !== undefined && { description }),
      ...(secret !== undefined && { secret }),
    });
    await factory.json(webhook);
    if (secret === undefined) factory.note('Keep the secret: it is not shown again.');
  },
});

async function readSecret(file: string): Promise<string> {
  const { text, from } = await readInput(file);
  const secret = text.trim();
  if (secret === '') throw new KciError(`${from} is empty`);
  return secret;
}
