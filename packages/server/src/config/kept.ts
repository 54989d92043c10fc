import { DAY, SECOND } from '@kernelci/model';
import type { Kept } from '../domain/retention/old-things.ts';
import type { Config } from './config.ts';

/** How long the settings have things kept. */
export function keptFor({ retention, events, telemetry }: Config): Kept {
  const { nodeDays, auditSeconds, idempotencySeconds, tokenSeconds } = retention;
  return {
    nodesMs: nodeDays === 0 ? null : nodeDays * DAY,
    eventsMs: events.keptSeconds * SECOND,
    telemetryMs: telemetry.keptSeconds * SECOND,
    auditMs: auditSeconds === 0 ? null : auditSeconds * SECOND,
    idempotencyMs: idempotencySeconds * SECOND,
    tokensMs: tokenSeconds * SECOND,
  };
}
