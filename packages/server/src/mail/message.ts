import type { SendMailOptions } from 'nodemailer';
import type { MailRow } from '../store/mails.ts';

const SENDER_NAME = 'KernelCI API';
/** Octets of a line that every mail system must carry. */
const LINE_LIMIT = 998;

/** Nothing that ends an address, or begins another one, in a header or in the protocol. */
const ONE_ADDRESS = /^[^\s\p{Cc}<>()[\],;:\\"@]+@[^\s\p{Cc}<>()[\],;:\\"@]+$/u;

/** No mail can be addressed to the recipient. */
export class BadRecipient extends Error {
  override readonly name = 'BadRecipient';

  constructor() {
    super('the recipient is not one plain mail address');
  }
}

const isPlain = (text: string): boolean =>
  // Printable ASCII and line breaks.
  /^[\t\n\x20-\x7e]*$/.test(text) && text.split('\n').every((line) => line.length <= LINE_LIMIT);

/**
 * Plain text goes as it is: the usual encoding would break a token over several lines, and whoever copies it from
 * the file of a mail would copy the breaks.
 */
function textPart(text: string): SendMailOptions['text'] {
  if (!isPlain(text)) return text;
  const head = 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n';
  return { raw: head + text.replaceAll('\n', '\r\n') };
}

/**
 * The message of a stored mail. All of it is made from the row: when a mail goes out twice, both have the same
 * Message-ID and the same bytes. Throws `BadRecipient`.
 */
export function toMessage(mail: MailRow, sender: string): SendMailOptions {
  if (!ONE_ADDRESS.test(mail.recipient)) throw new BadRecipient();
  const domain = sender.slice(sender.lastIndexOf('@') + 1);
  return {
    envelope: { from: sender, to: mail.recipient },
    from: { name: SENDER_NAME, address: sender },
    to: { name: '', address: mail.recipient },
    subject: mail.subject,
    messageId: `<${mail.id}@${domain}>`,
    date: new Date(mail.created),
    headers: { 'Auto-Submitted': 'auto-generated' },
    text: textPart(mail.body_text),
    html: mail.body_html,
    baseBoundary: mail.id,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
