import { defineVerb } from '../../verb.ts';
import { tellAccess } from './tell-access.ts';

export const verb = defineVerb<[], { verbose?: boolean }>({
  description: 'Checks that the API answers. No token is needed.',
  examples: [
    ['kci api hello', '{"message": "KernelCI API"}'],
    [
      'kci api hello --verbose',
      'tells too which address and token are used, and whether that is an admin token',
    ],
    ['kci --api-url https://api.example.org/ api hello', 'try an address before it is configured'],
  ],
  configure: (command) => {
    command.option('-v, --verbose', 'tell which address and token are used');
  },
  run: async (factory, _args, options) => {
    const client = await factory.publicClient();
    await factory.json(await client.root.hello());
    if (await factory.flag('verbose', options.verbose)) await tellAccess(factory);
  },
});
