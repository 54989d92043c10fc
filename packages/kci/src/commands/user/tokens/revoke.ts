import { idArgument } from '../../../arguments/names.ts';
import { defineVerb } from '../../../verb.ts';

export const verb = defineVerb<[ids: string[]]>({
  description: "Makes tokens useless at once: your own or, for admins, anybody's.",
  examples: [
    ['kci user tokens list --indent=1', 'find the id first'],
    ['kci user tokens revoke 65f1c0ffee65f1c0ffee65f1', 'revoke that token'],
  ],
  configure: (command) => {
    command.argument('<ids...>', 'ids of tokens, as list prints them');
  },
  run: async (factory, [ids]) => {
    const checked = ids.map(idArgument);
    const client = await factory.client();
    for (const id of checked) await client.tokens.revoke(id);
  },
});
