import { filtersOf } from '../../arguments/attributes.ts';
import { defineVerb } from '../../verb.ts';
import { fetchList, type ListOptions, takesPaging } from '../lists.ts';

export const verb = defineVerb<[attributes: string[]], ListOptions>({
  description:
    'Prints accounts as a JSON array: all, or those that have every given attribute. ' +
    'The operators are = > < >= <= != and =~ (regular expression); quote those that the shell knows.',
  examples: [
    ['kci user find username=alice --indent=1', 'one account'],
    ["kci user find 'email=~@example.org$' is_active=true --all", 'all active accounts with such an address'],
    ['kci user find -l 50 -n 2', 'the third page of fifty'],
  ],
  configure: (command) => {
    command.argument('[attributes...]', 'NAME=VALUE, or another operator between them');
    takesPaging(command);
  },
  run: async (factory, [attributes], options) => {
    const filters = filtersOf(attributes);
    const client = await factory.client();
    await factory.json(await fetchList(factory, options, (page) => client.users.find(filters, page)));
  },
});
