import { defineVerb } from '../../verb.ts';
import { askNewPassword } from './new-password.ts';

export const verb = defineVerb<[username: string, email: string]>({
  description:
    'Asks for an account of your own, where the operator allows it. The password is asked for twice; no token is needed.',
  examples: [
    ['kci user signup alice alice@example.org', 'then verify the address, and wait where an admin decides'],
  ],
  configure: (command) => {
    command.argument('<username>', 'name to log in with').argument('<email>', 'your address');
  },
  run: async (factory, [username, email]) => {
    const client = await factory.publicClient();
    const password = await askNewPassword(await factory.prompter(), 'Password: ', 'Confirm password: ');
    const { detail } = await client.signups.create({ username, email, password });
    factory.note(detail);
  },
});
