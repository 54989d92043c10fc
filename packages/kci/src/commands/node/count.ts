import { filtersOf } from '../../arguments/attributes.ts';
import { Progress } from '../../io/progress.ts';
import { defineVerb } from '../../verb.ts';

export const verb = defineVerb<[attributes: string[]]>({
  description:
    'Prints how many nodes there are: of all, or of those that have every given attribute. No token is needed. ' +
    'The operators are = > < >= <= != and =~ (regular expression).',
  examples: [
    ['kci node count kind=checkout', 'all checkouts'],
    ["kci node count kind=test result=fail 'created>2026-11-24'", 'tests that failed today'],
  ],
  configure: (command) => {
    command.argument('[attributes...]', 'NAME=VALUE, or another operator between them');
  },
  run: async (factory, [attributes]) => {
    const filters = filtersOf(attributes, new Map());
    const client = await factory.publicClient();
    const progress = new Progress('nodes');
    await factory.json(await client.nodes.count(filters).finally(() => progress.end()));
  },
});
