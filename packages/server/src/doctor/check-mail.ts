import { existsSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { greetMailServer } from '../mail/smtp.ts';
import { isWritable } from './check-folder.ts';
import { broken, type Finding, good, reasonOf, trouble } from './finding.ts';

export async function checkMail({ mail: { delivery } }: Config): Promise<Finding> {
  if (delivery.kind === 'outbox') {
    const { folder } = delivery;
    if (existsSync(folder) && !isWritable(folder))
      return broken(`the outbox ${folder} cannot be written: give it to the user of the server`);
    return trouble(`mails become files in ${folder}: set SMTP_HOST to have them sent`);
  }
  const server = `${delivery.host}:${delivery.port}`;
  try {
    await greetMailServer(delivery);
    return good(`the mail server ${server} answers`);
  } catch (error) {
    return broken(
      `the mail server ${server} does not take our mails: ${reasonOf(error)}; ` +
        'check SMTP_HOST, SMTP_PORT, SMTP_USER and EMAIL_PASSWORD',
    );
  }
}
