import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Handover, Told, Waiter } from '../events/handover.ts';
import type { App } from './server-types.ts';

/** How long after the last byte a connection may still turn out to have been given up by its client. */
const DOUBT_MS = 100;
const SHORT_DOUBT_MS = 5;
/** How long an answer may stay half sent that keeps others waiting. */
const STUCK_MS = 5000;
/** After so long without a sign of life, a connection is asked for one: broken networks do not tell. */
const PROBE_MS = 15_000;

const nextRequest = new WeakMap<Socket, () => void>();

/** Notices that a client goes on using its connection: it has read what came before. */
export function registerHandingOver(app: App): void {
  app.addHook('onRequest', async (request) => nextRequest.get(request.raw.socket)?.());
}

/**
 * What becomes of the answer that is being sent. A client that went away before it came resets the connection; one
 * that closes it properly, uses it again, or leaves it as it is has got the answer.
 */
function handoverOf(reply: FastifyReply): Handover {
  const { raw } = reply;
  const { socket } = raw;
  // Were the connection closed with the answer, nothing would tell what became of it: it is closed afterwards.
  const closes = !raw.shouldKeepAlive;
  if (closes) reply.header('connection', 'keep-alive');
  let hurried = false;
  let doubt = () => {};
  const outcome = new Promise<boolean>((resolve) => {
    if (socket === null || socket.destroyed) return resolve(false);
    let timer: NodeJS.Timeout | undefined;
    const settle = (came: boolean) => {
      clearTimeout(timer);
      nextRequest.delete(socket);
      socket.off('close', closed);
      socket.off('end', ended);
      if (closes) socket.end();
      resolve(came);
    };
    const closed = (hadError: boolean) => settle(raw.writableFinished && !hadError);
    // The client may have closed before the answer came, and its reset is behind what is being read: then even an
    // empty write fails, and the connection closes with an error.
    const ended = () => {
      if (socket.writable) socket.write('');
    };
    socket.once('close', closed);
    socket.prependListener('end', ended);
    doubt = () => {
      clearTimeout(timer);
      if (raw.writableFinished) timer = setTimeout(() => settle(true), hurried ? SHORT_DOUBT_MS : DOUBT_MS);
      // Its client asks again on another connection, and does not read this one.
      else if (hurried) timer = setTimeout(() => socket.destroy(), STUCK_MS);
    };
    raw.once('finish', () => {
      nextRequest.set(socket, () => settle(true));
      doubt();
    });
  });
  return {
    outcome,
    hurry: () => {
      if (hurried) return;
      hurried = true;
      doubt();
    },
  };
}

/**
 * Answers with what `wait` hands over, whenever that is, and gives up when the client goes away.
 * @param wait begins to wait, and answers how to give up
 * @param send sends the answer
 */
export function answerWhenTold<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  wait: (waiter: Waiter<T>) => () => void,
  send: (told: Told<T>) => void,
): Promise<FastifyReply> {
  return new Promise((resolve, reject) => {
    const gone = () => {
      giveUp();
      resolve(reply.hijack());
    };
    const settled = () => reply.raw.off('close', gone);
    reply.raw.once('close', gone);
    const giveUp = wait({
      give: (told) => {
        settled();
        const handover = handoverOf(reply);
        send(told);
        resolve(reply);
        return handover;
      },
      refuse: (error) => {
        settled();
        reject(error);
      },
    });
    request.raw.socket.setKeepAlive(true, PROBE_MS);
    // It may have gone before this began to listen for it.
    if (request.raw.socket.destroyed) gone();
  });
}
