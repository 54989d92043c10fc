import { defineVerb } from '../../../verb.ts';
import { askNewPassword } from '../new-password.ts';

export const verb = defineVerb<[email: string]>({
  description:
    'Sets a new password without the old one: a token is mailed to the address and asked for, then the new password ' +
    'twice. All tokens of the account end.',
  examples: [['kci user password reset alice@example.org', 'then type or paste the token from the mail']],
  configure: (command) => {
    command.argument('<email>', 'address of the account');
  },
  run: async (factory, [email]) => {
    const client = await factory.publicClient();
    factory.note(`Sending reset token to ${email}`);
    await client.passwords.forgot(email);
    const prompter = await factory.prompter();
    const token = (await prompter.text('Reset token: ')).trim();
    await client.passwords.reset(
      token,
      await askNewPassword(prompter, 'New password: ', 'Retype new password: '),
    );
  },
});
