import { defineVerb } from '../../verb.ts';
import { askNewPassword } from './new-password.ts';

export const verb = defineVerb({
  description:
    'Sets the password of an account that you are invited to. The token, or the whole link, from the mail is asked ' +
    'for, then the password twice.',
  examples: [['kci user accept-invite', 'then paste the token or the link']],
  run: async (factory) => {
    const client = await factory.publicClient();
    const prompter = await factory.prompter();
    const token = tokenIn((await prompter.text('Invite token: ')).trim());
    const password = await askNewPassword(prompter, 'Password: ', 'Confirm password: ');
    const { username } = await client.invites.accept(token, password);
    factory.note(`Welcome, ${username}: 'kci login' sets up the rest.`);
  },
});

function tokenIn(answer: string): string {
  return URL.parse(answer)?.searchParams.get('token') ?? answer;
}
