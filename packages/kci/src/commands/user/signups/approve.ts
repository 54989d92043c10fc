import { idArgument } from '../../../arguments/names.ts';
import { defineVerb } from '../../../verb.ts';

export const verb = defineVerb<[id: string]>({
  description: 'Grants a request for an account. For admins.',
  examples: [['kci --as admin user signups approve 65f1c0ffee65f1c0ffee65f1', 'let somebody in']],
  configure: (command) => {
    command.argument('<id>', 'id of the request, as list prints it');
  },
  run: async (factory, [id]) => {
    const request = idArgument(id);
    const client = await factory.client();
    await factory.json(await client.signups.approve(request));
  },
});
