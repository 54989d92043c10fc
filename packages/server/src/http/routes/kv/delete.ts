import { KeyParams } from '@kernelci/model';
import { Type } from 'typebox';
import { removeValue } from '../../../domain/key-values/key-values.ts';
import { sendJson } from '../../replies.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

const DELETED = 'Key-value pair deleted successfully';

export function registerDeleteValue(app: App, { services }: RouteDeps): void {
  app.delete('/kv/:namespace/:key', {
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['kv'],
      summary: 'Take the value of a key away',
      params: KeyParams,
      response: { 200: Type.Literal(DELETED), ...errors(401, 403) },
    },
    handler: async (request, reply) => {
      await removeValue(services, request.params);
      return sendJson(reply, JSON.stringify(DELETED));
    },
  });
}
