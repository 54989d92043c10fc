import { Type } from 'typebox';
import type { App } from '../../server-types.ts';

export function registerHello(app: App): void {
  app.get('/', {
    config: { access: 'public' },
    schema: {
      tags: ['service'],
      summary: 'Greeting, to see that the API answers',
      response: { 200: Type.Object({ message: Type.String() }) },
    },
    handler: async () => ({ message: 'KernelCI API' }),
  });
}
