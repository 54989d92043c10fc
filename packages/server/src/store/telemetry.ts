import type { Selectable } from 'kysely';
import type { Tx } from './database.ts';
import type { BulkTable } from './dialect/dialect.ts';
import type { TelemetryTable } from './schema.ts';

export type TelemetryRow = Omit<Selectable<TelemetryTable>, 'seq'>;

/** In the order of the answers' keys. */
export const TELEMETRY_COLUMNS = [
  ...(['id', 'ts', 'kind', 'runtime', 'device_type', 'device_id', 'job_name', 'test_name'] as const),
  ...(['job_id', 'node_id', 'tree', 'branch', 'arch', 'result', 'is_infra_error'] as const),
  ...(['error_type', 'error_msg', 'retry', 'extra'] as const),
] as const satisfies ReadonlyArray<keyof TelemetryRow>;

const TYPES: Partial<Record<keyof TelemetryRow, 'bigint' | 'integer'>> = {
  ts: 'bigint',
  is_infra_error: 'integer',
  retry: 'integer',
};
const TELEMETRY: BulkTable = {
  name: 'telemetry',
  columns: TELEMETRY_COLUMNS.map((column) => [column, TYPES[column] ?? 'text'] as const),
};

export async function insertTelemetry(tx: Tx, rows: readonly TelemetryRow[]): Promise<void> {
  await tx.dialect.insertRows(
    tx,
    TELEMETRY,
    rows.map((row) => TELEMETRY_COLUMNS.map((column) => row[column])),
  );
}
