import { createHash } from 'node:crypto';
import { Node, NodeBody } from '@kernelci/model';
import type { FastifyRequest } from 'fastify';
import { createNode, type RepeatKeys } from '../../../domain/nodes/create-node.ts';
import { sendJson } from '../../replies.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

function repeatKeys(request: FastifyRequest, accountId: string): RepeatKeys {
  const { 'idempotency-key': idempotencyKey, 'kci-node-key': natural } = request.headers;
  const keys: RepeatKeys = {};
  if (typeof natural === 'string') keys.natural = natural;
  if (typeof idempotencyKey === 'string') {
    const fingerprint = sha256(JSON.stringify([natural ?? null, request.body]));
    keys.idempotency = { key: idempotencyKey === '' ? '' : `${accountId}:${idempotencyKey}`, fingerprint };
  }
  return keys;
}

export function registerCreateNode(app: App, { services, creator }: RouteDeps): void {
  app.post('/node', {
    config: { access: 'account', scope: 'nodes' },
    schema: {
      tags: ['nodes'],
      summary: 'Create a node',
      description:
        'With an `Idempotency-Key` header a repeat of the same request within a day gets the first answer. With a ' +
        '`Kci-Node-Key` header there is one node of that key under its parent: a repeat, by anybody, gets that node.',
      body: NodeBody,
      response: { 200: Node, ...errors(400, 401, 403, 404) },
    },
    handler: async (request, reply) => {
      const { principal } = accountOf(request);
      const keys = repeatKeys(request, principal.account.id);
      const created = await createNode({ ...services, creator }, principal, request.body, keys);
      if (!created.isNew) reply.header('location', `/latest/node/${created.id}`);
      return sendJson(reply, created.body);
    },
  });
}
