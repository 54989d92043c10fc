import { defineVerb } from '../../verb.ts';

export const verb = defineVerb<[email: string]>({
  description: 'Has a token mailed to an address and asks for it, which proves that the address is yours.',
  examples: [['kci user verify alice@example.org', 'then type or paste the token from the mail']],
  configure: (command) => {
    command.argument('<email>', 'address of the account');
  },
  run: async (factory, [email]) => {
    const client = await factory.publicClient();
    factory.note(`Sending verification token to ${email}`);
    await client.users.requestVerification(email);
    const prompter = await factory.prompter();
    await client.users.verify((await prompter.text('Verification token: ')).trim());
    factory.note('Email verification successful!');
  },
});
