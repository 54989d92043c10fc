import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { eventually } from '../helpers/eventually.ts';
import { startServer } from '../helpers/server.ts';
import { findTelemetry, minutesAgo, sendTelemetry } from '../helpers/telemetry.ts';

/** More than go in one step. */
const MANY = 1000;

forEachEngine(
  'telemetry that is older than it is kept',
  (engine) => {
    test('goes, and the rest stays, over restarts', async () => {
      const env = { TELEMETRY_TTL_SECONDS: '3600', KCI_HOUSEKEEPING_SECONDS: '1' };
      const server = await startServer({ engine, env });
      const token = await adminToken(server);
      const event = (minutes: number) => ({ kind: 'job_skip', runtime: 'lab', ts: minutesAgo(minutes) });
      await sendTelemetry(server, token, [
        ...Array.from({ length: MANY }, () => event(61)),
        event(59),
        event(0),
      ]);
      await eventually('what is old is gone', async () =>
        (await findTelemetry(server, {})).total === 2 ? true : undefined,
      );
      await server.kill9();
      await server.restart();
      assert.equal((await findTelemetry(server, {})).total, 2);
    });

    test('is kept for two weeks when nothing else is said', async () => {
      const server = await startServer({ engine, env: { KCI_HOUSEKEEPING_SECONDS: '1' } });
      const token = await adminToken(server);
      const ago = (days: number) => ({ kind: 'job_skip', runtime: 'lab', ts: minutesAgo(days * 24 * 60) });
      await sendTelemetry(server, token, [ago(13.9), ago(14.1)]);
      await eventually('what is old is gone', async () =>
        (await findTelemetry(server, {})).total === 1 ? true : undefined,
      );
    });
  },
  { ownProcess: true },
);
