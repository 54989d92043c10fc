import { Type } from 'typebox';
import type { App } from '../../server-types.ts';

export function registerHealth(app: App): void {
  app.get('/health', {
    config: { access: 'public' },
    logLevel: 'warn',
    schema: {
      tags: ['service'],
      summary: 'Whether the process is alive',
      response: { 200: Type.Object({ status: Type.Literal('ok') }) },
    },
    handler: async () => ({ status: 'ok' as const }),
  });
}
