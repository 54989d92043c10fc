import { filtersOf } from '../../../arguments/attributes.ts';
import { defineVerb } from '../../../verb.ts';
import { fetchList, type ListOptions, takesPaging } from '../../lists.ts';

export const verb = defineVerb<[attributes: string[]], ListOptions>({
  description:
    'Prints user groups as a JSON array: all, or those that have every given attribute. No token is needed.',
  examples: [
    ['kci user group find name=admin --indent=1', 'one group'],
    ['kci user group list --all', 'all groups'],
  ],
  configure: (command) => {
    command.argument('[attributes...]', 'NAME=VALUE');
    takesPaging(command);
  },
  run: async (factory, [attributes], options) => {
    const filters = filtersOf(attributes);
    const client = await factory.publicClient();
    await factory.json(await fetchList(factory, options, (page) => client.groups.find(filters, page)));
  },
});
