import { filterable, TelemetryStats, TelemetryStatsQuery } from '@kernelci/model';
import { Type } from 'typebox';
import { telemetryStats } from '../../../domain/telemetry/telemetry-stats.ts';
import { sendJson } from '../../replies.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { unlessGone, warnOfUnknown } from '../../text-stream.ts';
import { errors } from '../errors.ts';

export function registerTelemetryStats(app: App, { services }: RouteDeps): void {
  app.get('/telemetry/stats', {
    config: { access: 'public' },
    schema: {
      tags: ['telemetry'],
      summary: 'How much telemetry there is of each kind, lab, tree …, the most first',
      description: 'Needs `group_by`. Filters as for `telemetry`.',
      querystring: filterable(TelemetryStatsQuery),
      response: { 200: Type.Array(TelemetryStats), ...errors(400) },
    },
    handler: async (request, reply) =>
      unlessGone(reply, async (signal) => {
        const { group_by: groupBy, ...rest } = request.query;
        const asked = { groupBy, conditions: rest as Record<string, string> };
        const { stats, unknownFields } = await telemetryStats(services, asked, signal);
        warnOfUnknown(reply, unknownFields);
        return sendJson(reply, JSON.stringify(stats));
      }),
  });
}
