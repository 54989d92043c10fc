import { KeyParams, KeyValueBody } from '@kernelci/model';
import { Type } from 'typebox';
import { setValue } from '../../../domain/key-values/key-values.ts';
import { sendJson } from '../../replies.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerSetValue(app: App, { services }: RouteDeps): void {
  app.post('/kv/:namespace/:key', {
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['kv'],
      summary: 'Give a key a value',
      params: KeyParams,
      body: KeyValueBody,
      response: { 200: Type.Literal('OK'), ...errors(401, 403) },
    },
    handler: async (request, reply) => {
      await setValue(services, request.params, request.body ?? '');
      return sendJson(reply, '"OK"');
    },
  });
}
