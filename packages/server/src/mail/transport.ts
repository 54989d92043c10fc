import type { MailRow } from '../store/mails.ts';

/** How mails leave. */
export interface MailTransport {
  /**
   * Resolves when the mail is safe in other hands. Rejects with the cause when it is not, or when that is not
   * known, as after a lost connection; `toDeliveryFailure` tells what the cause means.
   */
  send(mail: MailRow, signal: AbortSignal): Promise<void>;
}
