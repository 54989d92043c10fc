import { newId } from '@kernelci/model';
import { sql } from 'kysely';
import { type DatabaseLocation, openDatabase } from '../../../packages/server/src/store/open.ts';
import { insertTelemetry, type TelemetryRow } from '../../../packages/server/src/store/telemetry.ts';
import { Random } from '../dataset/random.ts';

const DAY = 24 * 60 * 60 * 1000;
/** Telemetry is kept for as long. */
const DAYS = 14;
const TRANSACTION_ROWS = 5000;
const RUNTIMES = 11;
const DEVICE_TYPES = 150;
const DEVICES_OF_TYPE = 6;
const JOBS = 200;
const TESTS = 2000;
const TREES = 20;
const ARCHES = ['arm64', 'arm', 'x86_64', 'i386', 'riscv'];

/** Of a hundred events. */
function kindOf(percent: number): string {
  if (percent < 78) return 'test_result';
  if (percent < 88) return 'job_result';
  if (percent < 96) return 'job_submission';
  return percent < 98 ? 'job_skip' : 'runtime_error';
}

function resultOf(percent: number): string {
  if (percent < 82) return 'pass';
  if (percent < 90) return 'fail';
  return percent < 97 ? 'skip' : 'incomplete';
}

/** What a service sends, in the form in which it is stored: one event at the moment. */
export function telemetryRow(random: Random, ts: number): TelemetryRow {
  const kind = kindOf(random.below(100));
  const hasResult = kind.endsWith('_result');
  const type = random.below(DEVICE_TYPES);
  const device = hasResult ? `board-${type}-${random.below(DEVICES_OF_TYPE)}` : null;
  const failed = kind === 'runtime_error' || (hasResult && random.below(30) === 0);
  return {
    id: newId(ts),
    ts,
    kind,
    runtime: `lava-lab-${type % RUNTIMES}`,
    device_type: `device-type-${type}`,
    device_id: device,
    job_name: `baseline-${random.below(JOBS)}`,
    test_name: kind === 'test_result' ? `suite.test.${random.below(TESTS)}` : null,
    job_id: String(random.below(1_000_000)),
    node_id: newId(ts),
    tree: `tree-${random.below(TREES)}`,
    branch: 'master',
    arch: ARCHES[random.below(ARCHES.length)] ?? null,
    result: hasResult ? resultOf(random.below(100)) : null,
    is_infra_error: failed ? 1 : 0,
    error_type: failed ? 'Infrastructure' : null,
    error_msg: failed ? 'bootloader-commands timed out after 180 seconds' : null,
    retry: 0,
    extra: '{}',
  };
}

/** Fills a database with telemetry, evenly over the time for which it is kept, until now. */
export async function loadTelemetry(location: DatabaseLocation, rows: number): Promise<void> {
  const db = await openDatabase(location, { onConnectionError: (error) => console.error(error.message) });
  const random = new Random(1, 5);
  const until = Date.now();
  const step = (DAYS * DAY) / rows;
  try {
    for (let at = 0; at < rows; at += TRANSACTION_ROWS) {
      const count = Math.min(TRANSACTION_ROWS, rows - at);
      const batch = Array.from({ length: count }, (_, i) =>
        telemetryRow(random, Math.round(until - (rows - at - i) * step)),
      );
      await db.write((tx) => insertTelemetry(tx, batch));
      process.stderr.write(`\r${at + count} of ${rows} events stored `);
    }
    // A server in use is vacuumed and analysed all the time.
    if (location.engine === 'postgres') await sql`vacuum analyze telemetry`.execute(db.reader.sql);
  } finally {
    await db.close();
    process.stderr.write('\r                                \r');
  }
}
