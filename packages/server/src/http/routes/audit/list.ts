import { AuditPage, PageQuery } from '@kernelci/model';
import { Type } from 'typebox';
import { listActs } from '../../../domain/audit/list-audit.ts';
import { parseTime } from '../../../domain/query/time.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

const Text = (description: string) => Type.Optional(Type.String({ maxLength: 1024, description }));
const Query = Type.Object({
  ...PageQuery.properties,
  action: Text('such as user.update'),
  actor: Text('name of the user who acted'),
  target: Text('name of the user, group, token or sign-up that was acted on'),
  since: Text('from this moment on'),
  until: Text('before this moment'),
});

export function registerListAudit(app: App, { services }: RouteDeps): void {
  app.get('/audit', {
    config: { access: 'admin' },
    schema: {
      tags: ['audit'],
      summary: 'Who changed what in accounts, newest first',
      querystring: Query,
      response: { 200: AuditPage, ...errors(400, 401, 403) },
    },
    handler: async (request) => {
      const { since, until, ...filter } = request.query;
      const from = since === undefined ? undefined : parseTime('since', since);
      const to = until === undefined ? undefined : parseTime('until', until);
      return listActs(services, { ...filter, since: from, until: to });
    },
  });
}
