import { Type } from 'typebox';
import { countNodes } from '../../../domain/nodes/count-nodes.ts';
import { sendJson } from '../../replies.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { unlessGone, warnOfUnknown } from '../../text-stream.ts';
import { errors } from '../errors.ts';
import { CONDITIONS, conditionsOf } from './list-query.ts';

export function registerCountNodes(app: App, { services }: RouteDeps): void {
  app.get('/count', {
    config: { access: 'public' },
    schema: {
      tags: ['nodes'],
      summary: 'How many nodes meet conditions',
      description: `${CONDITIONS} What pages lists (\`limit\`, \`offset\`, …) is ignored.`,
      querystring: Type.Record(Type.String(), Type.String()),
      response: { 200: Type.Integer(), ...errors(400) },
    },
    handler: async (request, reply) =>
      unlessGone(reply, async (signal) => {
        const { count, unknownFields } = await countNodes(services, conditionsOf(request.query), signal);
        warnOfUnknown(reply, unknownFields);
        return sendJson(reply, String(count));
      }),
  });
}
