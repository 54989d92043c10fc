import type { Filters } from '@kernelci/client';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseAttribute } from '../../arguments/attributes.ts';
import { durationSeconds } from '../../arguments/durations.ts';
import { UsageError } from '../../errors.ts';
import type { Factory } from '../../factory.ts';
import { oneOf } from '../../settings/parameters.ts';
import { FORMATS, type Format } from '../list-format.ts';

export interface ChoiceOptions {
  since?: string;
  until?: string;
  format?: Format;
}

/** Parameters that are no filters, and the options that set them. */
const OF_OPTIONS = new Map([
  ['since', '--since'],
  ['until', '--until'],
  ['limit', '--page-length'],
  ['offset', '--page-number'],
  ['group_by', '--by'],
]);

export const FILTERS_HELP =
  'Filters are NAME=VALUE, such as runtime=lava-lab, kind=job_result, device_id=rk-1 or is_infra_error=true; all must ' +
  'hold.';

/** Declares what events are chosen by. */
export function takesChoice(command: Command, what: string): void {
  command
    .argument('[filters...]', 'NAME=VALUE')
    .option('--since <time>', 'from this time on: ISO (UTC unless it has a zone), or so long ago: 6h', moment)
    .option('--until <time>', 'up to this time', moment)
    .addOption(
      new Option(
        '--format <format>',
        `table: for people (default on a terminal); json: an array (default elsewhere); jsonl: one ${what} a line`,
      ).choices(FORMATS),
    );
}

/** `6h` → six hours ago; other text as it is. */
function moment(text: string): string {
  if (!/^\d+[smhdw]$/.test(text)) return text;
  const time = Date.now() - durationSeconds(text) * 1000;
  if (time < 0) throw new InvalidArgumentError('It is too long ago.');
  return new Date(time).toISOString();
}

/** @throws UsageError */
export function choiceOf(attributes: readonly string[], { since, until }: ChoiceOptions): Filters {
  const filters = new Map<string, string>();
  for (const { name, operator, value } of attributes.map(parseAttribute)) {
    const option = OF_OPTIONS.get(name);
    if (option !== undefined) throw new UsageError(`'${name}' is set with ${option}`);
    if (operator !== '=')
      throw new UsageError(`telemetry is filtered by equal values only: write ${name}=VALUE`);
    if (filters.has(name)) throw new UsageError(`'${name}' is given twice`);
    filters.set(name, value);
  }
  if (since !== undefined) filters.set('since', since);
  if (until !== undefined) filters.set('until', until);
  return Object.fromEntries(filters);
}

/** What is asked for, else what the settings say, else what suits a terminal or a program. */
export async function formatFor(factory: Factory, given: Format | undefined): Promise<Format> {
  if (given !== undefined) return given;
  return (await factory.setting('format', oneOf(FORMATS))) ?? (process.stdout.isTTY ? 'table' : 'json');
}
