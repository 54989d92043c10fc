import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Precondition, ReadNode } from '../domain/nodes/node-changer.ts';
import { sendJson } from './replies.ts';

const etagOf = (revision: number): string => `"${revision}"`;

const listed = (header: string): string[] => header.split(',').map((tag) => tag.trim());

/** What an If-Match header asks of the node's revision; undefined without one. */
export function ifMatch(request: FastifyRequest): Precondition | undefined {
  const header = request.headers['if-match'];
  if (header === undefined || header.trim() === '*') return undefined;
  const tags = listed(header);
  return (revision) => tags.includes(etagOf(revision));
}

function isKnown(request: FastifyRequest, etag: string): boolean {
  const header = request.headers['if-none-match'];
  if (header === undefined) return false;
  return header.trim() === '*' || listed(header).some((tag) => tag.replace(/^W\//, '') === etag);
}

/** Answers with the node's text and its ETag; 304 when the caller has just that. */
export function sendNode(request: FastifyRequest, reply: FastifyReply, node: ReadNode): FastifyReply {
  const etag = etagOf(node.revision);
  reply.header('etag', etag);
  if (request.method === 'GET' && isKnown(request, etag)) return reply.code(304).send();
  return sendJson(reply, node.doc);
}
