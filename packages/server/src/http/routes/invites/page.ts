import { PASSWORD_MIN } from '@kernelci/model';
import { Type } from 'typebox';
import { loadPage } from '../../page.ts';
import type { App } from '../../server-types.ts';

/** The page behind the link of an invite. Its script sends what `accept.ts` takes. */
export function registerInvitePage(app: App): void {
  const page = loadPage('accept-invite', { passwordMin: PASSWORD_MIN });
  app.get('/user/accept-invite', {
    config: { access: 'public' },
    schema: {
      tags: ['invites'],
      summary: 'The page where an invited person chooses a password',
      querystring: Type.Object({
        token: Type.Optional(
          Type.String({ description: 'of the invite; the page asks for it when it is missing' }),
        ),
      }),
      response: {
        200: { description: 'The page', content: { 'text/html': { schema: Type.String() } } },
      },
    },
    handler: async (_request, reply) => reply.headers(page.headers).send(page.html),
  });
}
