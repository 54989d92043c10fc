import { filterable, PageQuery, UserPage } from '@kernelci/model';
import { listUsers } from '../../../domain/users/read-users.ts';
import { parseUserFilter } from '../../../domain/users/user-filter.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerListUsers(app: App, { services }: RouteDeps): void {
  app.get('/users', {
    config: { access: 'account' },
    schema: {
      tags: ['users'],
      summary: 'Users, filtered by any of their fields',
      description:
        'Every parameter but `limit` and `offset` is a filter: `username=alice`, `groups.name=admin`, ' +
        '`is_active=true`, with the operators `__ne __in __nin __re __lt __lte __gt __gte`.',
      querystring: filterable(PageQuery),
      response: { 200: UserPage, ...errors(400, 401) },
    },
    handler: async (request, reply) => {
      const { limit, offset, ...filters } = request.query;
      const filter = parseUserFilter(filters as Record<string, string>);
      if (filter.unknownFields.length > 0) {
        const names = encodeURI(filter.unknownFields.join(', ')).replaceAll('%20', ' ');
        reply.header('warning', `199 - "unknown field: ${names.slice(0, 500)}"`);
      }
      return listUsers(services, filter, { limit, offset });
    },
  });
}
