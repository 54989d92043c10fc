import { TelemetryBatch, TelemetryReceipt } from '@kernelci/model';
import { invalidEvent, sendTelemetry } from '../../../domain/telemetry/send-telemetry.ts';
import { ValidationFailure } from '../../error-handler.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

/** A list in which an event is wrong is refused as a whole, as something that cannot be done. */
function refusal(error: Error): Error {
  if (!(error instanceof ValidationFailure)) return error;
  const [first] = error.problems;
  const [, place, ...field] = first?.loc ?? [];
  if (first === undefined || typeof place !== 'number') return error;
  return invalidEvent(place, `${field.length === 0 ? '' : `${field.join('.')}: `}${first.msg}`);
}

export function registerSendTelemetry(app: App, { services }: RouteDeps): void {
  app.post('/telemetry', {
    config: { access: 'account', scope: 'nodes' },
    // What is wrong with an event is answered with 400, what is no list with 422.
    attachValidation: true,
    schema: {
      tags: ['telemetry'],
      summary: 'Store what happened in labs: all events of the list, or none',
      body: TelemetryBatch,
      response: { 200: TelemetryReceipt, ...errors(400, 401, 403) },
    },
    handler: async (request) => {
      if (request.validationError) throw refusal(request.validationError);
      return sendTelemetry(services, request.body);
    },
  });
}
