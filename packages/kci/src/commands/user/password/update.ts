import { defineVerb } from '../../../verb.ts';
import { askNewPassword } from '../new-password.ts';

export const verb = defineVerb<[username: string], { revokeTokens?: boolean }>({
  description:
    'Changes a password. The present one is asked for, then the new one twice; no token is needed. ' +
    'From a pipe the three are read from standard input, one line each.',
  examples: [
    ['kci user password update alice', 'change the password of alice'],
    [
      'kci user password update alice --revoke-tokens',
      'and end all her tokens, should one be in wrong hands',
    ],
  ],
  configure: (command) => {
    command
      .argument('<username>', 'whose password')
      .option('--revoke-tokens', 'end every token of the account');
  },
  run: async (factory, [username], { revokeTokens = false }) => {
    const client = await factory.publicClient();
    const prompter = await factory.prompter();
    const password = await prompter.secret('Current password: ');
    const newPassword = await askNewPassword(prompter, 'New password: ', 'Retype new password: ');
    await client.passwords.update({ username, password, newPassword, revokeTokens });
  },
});
