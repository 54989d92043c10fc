import type { FastifyReply } from 'fastify';

const NULL = Buffer.from('null');

/** Answers with the JSON value null: Fastify would send an empty body for it. */
export function sendNull(reply: FastifyReply, status: 200 | 202): FastifyReply {
  return reply.code(status).type('application/json').send(NULL);
}

/** Answers with JSON that is text already. */
export function sendJson(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(text);
}

/** Says in headers what becomes of the mail that the request caused. */
export function tellMail(reply: FastifyReply, mailId: string | undefined, fileOf: MailFile): void {
  if (mailId === undefined) return;
  const file = fileOf(mailId);
  if (file === undefined) reply.header('kci-mail', 'queued');
  else reply.header('kci-mail', 'outbox').header('kci-mail-outbox', encodeURI(file));
}

/** The file that a mail becomes where no mail server is configured. */
export type MailFile = (mailId: string) => string | undefined;
