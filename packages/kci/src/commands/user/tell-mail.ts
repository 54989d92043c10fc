import type { MailNotice } from '@kernelci/client';
import type { Factory } from '../../factory.ts';

/** Says what became of a mail that was asked for. */
export function tellMail(factory: Factory, email: string, mail: MailNotice | undefined): void {
  if (mail === undefined) return;
  if (mail.state === 'queued') factory.note(`The mail to ${email} is on its way.`);
  else factory.note(`No mail server is configured: the mail to ${email} is in ${mail.path}`);
}
