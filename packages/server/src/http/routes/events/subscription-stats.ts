import { SubscriptionStats } from '@kernelci/model';
import { Type } from 'typebox';
import { subscriptionStats } from '../../../domain/subscriptions/subscription-stats.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerSubscriptionStats(app: App, { services }: RouteDeps): void {
  app.get('/stats/subscriptions', {
    config: { access: 'admin' },
    schema: {
      tags: ['events'],
      summary: 'All subscriptions, and when they were last listened to',
      response: { 200: Type.Array(SubscriptionStats), ...errors(401, 403) },
    },
    handler: async () => subscriptionStats(services),
  });
}
