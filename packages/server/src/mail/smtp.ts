import { MINUTE, SECOND } from '@kernelci/model';
import { createTransport } from 'nodemailer';
import type { MailConfig } from '../config/config.ts';
import { toMessage } from './message.ts';
import type { MailTransport } from './transport.ts';

type SmtpDelivery = Extract<MailConfig['delivery'], { kind: 'smtp' }>;

function transporterTo({ host, port, tls, user, password }: SmtpDelivery) {
  return createTransport({
    host,
    port,
    secure: tls,
    // A password never travels in the clear.
    requireTLS: !tls && password !== undefined,
    ...(password === undefined ? {} : { auth: { user, pass: password } }),
    dnsTimeout: 10 * SECOND,
    connectionTimeout: 20 * SECOND,
    greetingTimeout: 20 * SECOND,
    // Silence of the server. Some look into a mail for long before they take it; to leave then sends it twice.
    socketTimeout: 3 * MINUTE,
  });
}

/** Greets the mail server and logs in, as for a mail. Rejects with the reason when a mail would not get that far. */
export async function greetMailServer(delivery: SmtpDelivery): Promise<void> {
  await transporterTo(delivery).verify();
}

/**
 * Sends through a mail server, over a connection for each mail: there are few, and a connection that is kept may
 * have died when it is needed. TLS certificates are verified.
 */
export function smtpTransport(delivery: SmtpDelivery, sender: string): MailTransport {
  const transporter = transporterTo(delivery);
  return {
    async send(mail, signal) {
      await transporter.sendMail({ ...toMessage(mail, sender), signal });
    },
  };
}
