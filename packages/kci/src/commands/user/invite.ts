import { collect } from '../../arguments/lists.ts';
import { defineVerb } from '../../verb.ts';
import { tellMail } from './tell-mail.ts';

interface Options {
  group?: string[];
  email: boolean;
  link?: boolean;
  resend?: boolean;
}

export const verb = defineVerb<[username: string, email: string], Options>({
  description:
    'Creates an account whose owner chooses the password through a link that is mailed. For admins. ' +
    'Without the mail, the link is printed.',
  examples: [
    ['kci --as admin user invite alice alice@example.org', 'mail her a link'],
    ['kci --as admin user invite alice alice@example.org --resend', 'once more; the first link stays valid'],
    ['kci --as admin user invite bob bob@example.org --no-email', 'print the link, to hand it over yourself'],
  ],
  configure: (command) => {
    command
      .argument('<username>', 'name to log in with')
      .argument('<email>', 'address of the user')
      .option('--group <name>', 'put the user into this group (may be repeated)', collect)
      .option('--no-email', 'send no mail, print the link')
      .option('--link', 'print the link too')
      .option('--resend', 'invite again who has not accepted yet');
  },
  run: async (factory, [username, email], options) => {
    const client = await factory.client();
    const wantsLink = options.link === true || !options.email;
    const invitation = await client.invites.create({
      username,
      email,
      send_email: options.email,
      return_token: wantsLink,
      resend_if_exists: options.resend === true,
      ...(options.group === undefined ? {} : { groups: options.group }),
    });
    if (wantsLink) factory.result(invitation.invite_url ?? invitation.token ?? invitation.accept_invite_url);
    tellMail(factory, email, invitation.mail);
    if (options.email && !invitation.email_sent)
      factory.warn('the mail could not be sent: --link prints the link');
  },
});
