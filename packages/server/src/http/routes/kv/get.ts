import { KeyParams } from '@kernelci/model';
import { Type } from 'typebox';
import { readValue } from '../../../domain/key-values/key-values.ts';
import { sendJson } from '../../replies.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerGetValue(app: App, { services }: RouteDeps): void {
  app.get('/kv/:namespace/:key', {
    config: { access: 'account' },
    schema: {
      tags: ['kv'],
      summary: 'The value of a key; null when it has none',
      params: KeyParams,
      response: { 200: Type.Union([Type.String(), Type.Null()]), ...errors(401) },
    },
    handler: async (request, reply) =>
      sendJson(reply, JSON.stringify(await readValue(services, request.params))),
  });
}
