import type { NodemailerError } from 'nodemailer';
import { BadRecipient } from './message.ts';

const SUMMARY_LENGTH = 300;

export interface DeliveryFailure {
  /** One line for logs and admins: no address, no credentials. */
  summary: string;
  /** No further attempt can succeed. */
  permanent: boolean;
  /** The mail server was not there or not fit for use: nothing that concerns this mail alone. */
  serverDown: boolean;
}

/** Refusals for reasons of policy or of security, such as relaying, are the operator's to put right. */
const isPolicy = (response: string): boolean => /^\d{3}[ -]5\.7\.\d/.test(response);

/** Whether the server refused this recipient or this message, and not us. */
function isPermanent(error: NodemailerError): boolean {
  const { command, permanent, response = '' } = error;
  return permanent === true && (command === 'RCPT TO' || command === 'DATA') && !isPolicy(response);
}

function summarize(error: NodemailerError): string {
  if (error.code === 'EABORT') return 'the mail server did not finish in time';
  return (error.message || error.code || error.name)
    .replace(/[^\s<>"']+@[^\s<>"']+/g, 'ADDRESS')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, SUMMARY_LENGTH);
}

export function toDeliveryFailure(error: unknown): DeliveryFailure {
  const known: NodemailerError = error instanceof Error ? error : new Error(String(error));
  return {
    summary: summarize(known),
    permanent: known instanceof BadRecipient || isPermanent(known),
    serverDown: known.responseCode === undefined || known.code === 'EAUTH',
  };
}
