import { SignupAnswer, SignupBody } from '@kernelci/model';
import { signUp } from '../../../domain/signups/sign-up.ts';
import { actorOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

const NEXT = 'A mail to the address tells how it goes on';

export function registerSignUp(app: App, { services, urls }: RouteDeps): void {
  app.post('/user/signup', {
    config: { access: 'public' },
    schema: {
      tags: ['sign-up'],
      summary: 'Ask for an account, where the operator has switched sign-up on',
      description: 'The answer is the same whether the name and the address are free or not.',
      body: SignupBody,
      response: { 202: SignupAnswer, ...errors(403, 429) },
    },
    handler: async (request, reply) => {
      await signUp(services, actorOf(request), request.body, urls.forAnyone());
      return reply.code(202).send({ detail: NEXT });
    },
  });
}
