import { filterable, TelemetryListQuery, TelemetryPage } from '@kernelci/model';
import { findTelemetry } from '../../../domain/telemetry/find-telemetry.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { sendPieces, unlessGone, warnOfUnknown } from '../../text-stream.ts';
import { errors } from '../errors.ts';

export function registerListTelemetry(app: App, { services }: RouteDeps): void {
  app.get('/telemetry', {
    config: { access: 'public' },
    schema: {
      tags: ['telemetry'],
      summary: 'What happened in labs, the newest first',
      description:
        'Every other parameter is the value of a field: `runtime=lava-lab`, `is_infra_error=true`; `null` is for what ' +
        'is not there, and `lab` another name of `runtime`. All must hold.',
      querystring: filterable(TelemetryListQuery),
      response: { 200: TelemetryPage, ...errors(400) },
    },
    handler: async (request, reply) =>
      unlessGone(reply, async (signal) => {
        const { limit, offset, ...conditions } = request.query;
        const asked = { conditions: conditions as Record<string, string>, limit, offset };
        const { total, text, unknownFields } = await findTelemetry(services, asked, signal);
        warnOfUnknown(reply, unknownFields);
        const behind = `],"total":${total},"limit":${limit},"offset":${offset}}`;
        return sendPieces(reply, '{"items":[', text, behind);
      }),
  });
}
