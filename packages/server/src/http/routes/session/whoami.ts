import { User } from '@kernelci/model';
import { toUser } from '../../../domain/users/user-view.ts';
import { accountOf } from '../../request-context.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerWhoami(app: App): void {
  app.get('/whoami', {
    config: { access: 'verified' },
    schema: {
      tags: ['session'],
      summary: 'The account that the token belongs to',
      response: { 200: User, ...errors(401, 403) },
    },
    handler: async (request) => toUser(accountOf(request).principal.account),
  });
}
