import type { AnomalyQuestion } from '@kernelci/client';
import {
  type ErrorAnomaly,
  type ResultAnomaly,
  TELEMETRY_SCOPES,
  TELEMETRY_WINDOWS,
  type TelemetryAnomalies,
} from '@kernelci/model';
import { InvalidArgumentError, Option } from 'commander';
import { wholeNumber } from '../../arguments/numbers.ts';
import { writeText } from '../../io/write-out.ts';
import { paint } from '../../output/paint.ts';
import { type Column, tableLines } from '../../output/table.ts';
import { defineVerb } from '../../verb.ts';
import { NOTHING, oneLine, shortTime } from '../node/look.ts';
import { percent } from './look.ts';

interface AnomalyOptions extends AnomalyQuestion {
  format?: 'json' | 'table';
}

export const verb = defineVerb<[], AnomalyOptions>({
  description:
    'Prints what fails more than it should: types of devices, or devices, of whose results a large part failed or met ' +
    'errors of the infrastructure, and labs with repeated errors. No token is needed.',
  examples: [
    ['kci telemetry anomalies', 'in the last six hours'],
    ['kci telemetry anomalies --scope device --window 48h --threshold 0.9', 'devices that hardly work'],
    ['kci telemetry anomalies --format json | jq .error_anomalies', 'for programs'],
  ],
  configure: (command) => {
    command
      .addOption(
        new Option('--window <time>', 'how far back (default: 6h)').choices(Object.keys(TELEMETRY_WINDOWS)),
      )
      .option('--threshold <part>', 'from which part on, from 0 to 1 (default: 0.5)', part)
      .option('--min-total <n>', 'leave out groups of fewer events (default: 3)', wholeNumber(1))
      .addOption(
        new Option('--scope <scope>', 'what to look at (default: device_type)').choices(TELEMETRY_SCOPES),
      )
      .addOption(
        new Option(
          '--format <format>',
          'table: for people (default on a terminal); json: as the API answers (default elsewhere)',
        ).choices(['json', 'table']),
      );
  },
  run: async (factory, _args, { format, ...question }) => {
    const { telemetry } = await factory.publicClient();
    const anomalies = await telemetry.anomalies(question);
    const isTable = (format ?? (process.stdout.isTTY ? 'table' : 'json')) === 'table';
    if (isTable) await writeText(tablesOf(anomalies));
    else await factory.json(anomalies);
  },
});

function part(text: string): number {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('It has to be a number from 0 to 1.');
}

const RESULTS: readonly Column<ResultAnomaly>[] = [
  { title: 'RUNTIME', text: ({ runtime }) => oneLine(runtime) },
  { title: 'DEVICE TYPE', text: ({ device_type }) => oneLine(device_type ?? NOTHING) },
  { title: 'DEVICE', text: ({ device_id }) => oneLine(device_id ?? NOTHING) },
  { title: 'TOTAL', text: ({ total }) => String(total), whole: true },
  { title: 'FAILED', text: ({ fail_rate }) => percent(fail_rate), whole: true, paint: paintFailed },
  { title: 'INFRA', text: ({ infra_rate }) => percent(infra_rate), whole: true, paint: paintInfra },
  { title: 'LAST SEEN', text: ({ last_seen }) => shortTime(last_seen), whole: true, optional: true },
  { title: 'LAST ERROR', text: lastError, optional: true },
];

const ERRORS: readonly Column<ErrorAnomaly>[] = [
  { title: 'RUNTIME', text: ({ runtime }) => oneLine(runtime) },
  { title: 'ERROR', text: ({ error_type }) => oneLine(error_type ?? NOTHING) },
  { title: 'COUNT', text: ({ count }) => String(count), whole: true },
];

function paintFailed(text: string, { constant_failure }: ResultAnomaly): string {
  return constant_failure ? paint('red', text) : text;
}

function paintInfra(text: string, { constant_infra_failure }: ResultAnomaly): string {
  return constant_infra_failure ? paint('red', text) : text;
}

function lastError({ latest_error_type, latest_error_msg }: ResultAnomaly): string {
  const parts = [latest_error_type, latest_error_msg].filter((text) => text !== null);
  return parts.length === 0 ? NOTHING : oneLine(parts.join(': '));
}

/** One table for results, one for errors; a sentence where there is nothing. */
function tablesOf({ window, scope, result_anomalies, error_anomalies }: TelemetryAnomalies): string {
  if (result_anomalies.length === 0 && error_anomalies.length === 0) {
    return `No anomalies in the last ${oneLine(window)}.\n`;
  }
  const columns = scope === 'device' ? RESULTS : RESULTS.filter(({ title }) => title !== 'DEVICE');
  return [tableText(columns, result_anomalies), tableText(ERRORS, error_anomalies)]
    .filter((text) => text !== '')
    .join('\n');
}

function tableText<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  if (rows.length === 0) return '';
  const room = process.stdout.isTTY ? process.stdout.columns : undefined;
  return `${tableLines(columns, rows, room, (title) => paint('bold', title)).join('\n')}\n`;
}
