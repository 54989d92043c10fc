import { collect } from '../../arguments/lists.ts';
import { defineVerb } from '../../verb.ts';
import { generatePassword } from './generate-password.ts';
import { askNewPassword } from './new-password.ts';
import { tellMail } from './tell-mail.ts';

interface Options {
  group?: string[];
  generatePassword?: boolean;
  sendEmail?: boolean;
}

export const verb = defineVerb<[username: string, email: string], Options>({
  description:
    'Creates an account. For admins. The password is asked for twice, or generated and printed; from a pipe both ' +
    'answers are read from standard input, one line each.',
  examples: [
    ['kci --as admin user add alice alice@example.org', 'asks for a password'],
    ['kci --as admin user add alice alice@example.org --generate-password --send-email', 'mails her one'],
    ['kci --as admin user add bob bob@example.org --group admin', 'another admin'],
  ],
  configure: (command) => {
    command
      .argument('<username>', 'name to log in with')
      .argument('<email>', 'address of the user')
      .option('--group <name>', 'put the user into this group (may be repeated)', collect)
      .option('--generate-password', 'make a random password and print it')
      .option('--send-email', 'mail the user name, password and first steps');
  },
  run: async (factory, [username, email], options) => {
    const client = await factory.client();
    const generated = options.generatePassword === true;
    const password = generated
      ? generatePassword()
      : await askNewPassword(await factory.prompter(), 'Password: ', 'Confirm password: ');
    const { mail } = await client.users.register({
      username,
      email,
      password,
      ...(options.group === undefined ? {} : { groups: options.group }),
      ...(options.sendEmail === true ? { send_email: true } : {}),
    });
    if (generated) factory.result(password);
    tellMail(factory, email, mail);
  },
});
