import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** How long a client that does not read is waited for when its stream is to end. */
const PATIENCE_MS = 1000;

/** A block of server-sent events: what is given of an id, an event's name and its data, which has no line breaks. */
export function eventBlock(block: { id?: number; event?: string; data?: string }): string {
  const { id, event, data } = block;
  const fields = [
    ...(id === undefined ? [] : [`id: ${id}\n`]),
    ...(event === undefined ? [] : [`event: ${event}\n`]),
    ...(data === undefined ? [] : [`data: ${data}\n`]),
  ];
  return `${fields.join('')}\n`;
}

/** A sign of life that means nothing. */
export const COMMENT = ':\n\n';
/** How long clients wait before they come back when the connection is lost. */
export const retryBlock = (ms: number): string => `retry: ${ms}\n\n`;

/**
 * Answers with the blocks as they come, no faster than the client takes them. Once the signal is aborted the blocks
 * have to end.
 */
export function sendEventStream(
  reply: FastifyReply,
  signal: AbortSignal,
  blocks: AsyncIterable<string>,
): FastifyReply {
  reply.type('text/event-stream; charset=utf-8');
  // For proxies that would gather the answer before they pass it on.
  reply.header('cache-control', 'no-store').header('x-accel-buffering', 'no');
  if (reply.request.method === 'HEAD') return reply.send(Readable.from([]));
  signal.addEventListener('abort', () => setTimeout(() => reply.raw.destroy(), PATIENCE_MS).unref());
  return reply.send(Readable.from(blocks, { highWaterMark: 1 }));
}
