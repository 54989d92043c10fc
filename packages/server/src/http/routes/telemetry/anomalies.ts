import { TelemetryAnomalies, TelemetryAnomaliesQuery } from '@kernelci/model';
import { telemetryAnomalies } from '../../../domain/telemetry/telemetry-anomalies.ts';
import { sendJson } from '../../replies.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { unlessGone } from '../../text-stream.ts';
import { errors } from '../errors.ts';

export function registerTelemetryAnomalies(app: App, { services }: RouteDeps): void {
  app.get('/telemetry/anomalies', {
    config: { access: 'public' },
    schema: {
      tags: ['telemetry'],
      summary:
        'What fails more than it should: types of devices or devices by their results, labs by their errors',
      querystring: TelemetryAnomaliesQuery,
      response: { 200: TelemetryAnomalies, ...errors(400) },
    },
    handler: async (request, reply) =>
      unlessGone(reply, async (signal) =>
        sendJson(reply, JSON.stringify(await telemetryAnomalies(services, request.query, signal))),
      ),
  });
}
