import { defineVerb } from '../../verb.ts';

export const verb = defineVerb({
  description: 'Shows the account that the token belongs to.',
  examples: [
    ['kci user whoami --indent=1', 'your account'],
    ['kci --as admin user whoami', 'the account of the token that is saved as "admin"'],
  ],
  run: async (factory) => {
    const client = await factory.client();
    await factory.json(await client.session.whoami());
  },
});
