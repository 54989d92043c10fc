import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ReadCancelled } from '../store/node-query/reading.ts';

/** Aborted when the client goes away, and when it has got its answer. */
export function clientGone(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => controller.abort());
  return controller.signal;
}

/** Does what is done for the client; when it has gone away, nothing is left to be answered. */
export async function unlessGone(
  reply: FastifyReply,
  act: (signal: AbortSignal) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  try {
    return await act(clientGone(reply));
  } catch (error) {
    if (error instanceof ReadCancelled) return reply.hijack();
    throw error;
  }
}

async function* joined(
  before: string,
  pieces: readonly string[],
  rest: AsyncIterator<string>,
  behind: string,
) {
  try {
    yield before;
    yield* pieces;
    for (let piece = await rest.next(); !piece.done; piece = await rest.next()) yield piece.value;
    yield behind;
  } finally {
    await rest.return?.();
  }
}

/**
 * Answers with JSON of which the middle comes in pieces, no faster than the client takes it. What fails before the
 * second piece is still answered as an error; later, the connection is cut.
 */
export async function sendPieces(
  reply: FastifyReply,
  before: string,
  text: AsyncIterable<string>,
  behind: string,
): Promise<FastifyReply> {
  reply.type('application/json; charset=utf-8');
  const pieces: string[] = [];
  const rest = text[Symbol.asyncIterator]();
  for (let piece = await rest.next(); !piece.done; piece = await rest.next()) {
    pieces.push(piece.value);
    if (pieces.length < 2) continue;
    if (reply.request.method !== 'HEAD') {
      return reply.send(Readable.from(joined(before, pieces, rest, behind), { highWaterMark: 1 }));
    }
    // How long it would be is not worth reading all of it, and is not said.
    await rest.return?.();
    return reply.send(Readable.from([]));
  }
  return reply.send(before + pieces.join('') + behind);
}

/** Names, in a header, the fields that were asked for and that nodes do not have. */
export function warnOfUnknown(reply: FastifyReply, fields: readonly string[]): void {
  if (fields.length === 0) return;
  const names = encodeURI(fields.join(', ')).replaceAll('%20', ' ').slice(0, 500);
  reply.header('warning', `199 - "unknown field: ${names}"`);
}

/** Says in a header where the list goes on: the same request with the cursor. */
export function linkNext(request: FastifyRequest, reply: FastifyReply, cursor: string | null): void {
  if (cursor === null) return;
  const [, query = ''] = request.originalUrl.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.delete('offset');
  parameters.set('after', cursor);
  reply.header('link', `<?${parameters}>; rel="next"`);
}
