import { idArgument } from '../../arguments/names.ts';
import { defineVerb } from '../../verb.ts';

export const verb = defineVerb<[id: string]>({
  description: 'Shows the account that has an id.',
  examples: [['kci user get 6526448e7d140ee220971a0e --indent=1', 'the account']],
  configure: (command) => {
    command.argument('<id>', 'id of the account, as find prints it');
  },
  run: async (factory, [id]) => {
    const account = idArgument(id);
    const client = await factory.client();
    await factory.json(await client.users.get(account));
  },
});
