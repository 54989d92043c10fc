/** What became of the mail that a request caused. */
export type MailNotice =
  /** Stored by the server for delivery. */
  | { state: 'queued' }
  /** No mail server is configured: written to this file on the server's machine. */
  | { state: 'outbox'; path: string };

/** @returns undefined when the answer does not speak of a mail */
export function mailNotice(headers: Headers): MailNotice | undefined {
  const path = headers.get('kci-mail-outbox');
  if (path !== null) return { state: 'outbox', path };
  return headers.get('kci-mail') === 'queued' ? { state: 'queued' } : undefined;
}
