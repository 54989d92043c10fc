import { TELEMETRY_GROUP_FIELDS, type TelemetryGroupField, type TelemetryStats } from '@kernelci/model';
import { InvalidArgumentError } from 'commander';
import { collectWords } from '../../arguments/lists.ts';
import { paint } from '../../output/paint.ts';
import type { Column } from '../../output/table.ts';
import { defineVerb } from '../../verb.ts';
import { NOTHING, oneLine } from '../node/look.ts';
import { each, printList } from '../print-list.ts';
import { type ChoiceOptions, choiceOf, FILTERS_HELP, formatFor, takesChoice } from './choice.ts';
import { share } from './look.ts';

interface StatsOptions extends ChoiceOptions {
  by?: TelemetryGroupField[];
}

const COUNTS = ['total', 'pass', 'fail', 'incomplete', 'skip', 'infra_error'] as const;
const COLOURS: Partial<Record<(typeof COUNTS)[number], Parameters<typeof paint>[0]>> = {
  pass: 'green',
  fail: 'red',
  incomplete: 'yellow',
  infra_error: 'yellow',
};

export const verb = defineVerb<[filters: string[]], StatsOptions>({
  description:
    'Counts telemetry by runtime, or by what --by says, the most first: how many events, how many passed, failed, were ' +
    `incomplete or skipped, and how many met errors of the infrastructure. No token is needed. ${FILTERS_HELP}`,
  examples: [
    ['kci telemetry stats --since 24h', 'each lab in the last day'],
    [
      'kci telemetry stats --by device_type,device_id runtime=lava-lab kind=job_result --since 1w',
      'its devices',
    ],
    ['kci telemetry stats --by kind,error_type is_infra_error=true', 'what goes wrong'],
  ],
  configure: (command) => {
    takesChoice(command, 'group');
    command.option(
      '--by <fields>',
      `one or several of ${TELEMETRY_GROUP_FIELDS.join(', ')} (default: runtime)`,
      groupFields,
    );
  },
  run: async (factory, [attributes], options) => {
    const filters = choiceOf(attributes, options);
    const format = await formatFor(factory, options.format);
    const fields = options.by ?? ['runtime'];
    const { telemetry } = await factory.publicClient();
    const stats = await telemetry.stats(fields, filters);
    await printList(factory, each(stats), { format, columns: columnsOf(fields), paged: true });
  },
});

function groupFields(text: string, previous: readonly string[] | undefined): TelemetryGroupField[] {
  return collectWords(text, previous).map((word) => {
    const field = TELEMETRY_GROUP_FIELDS.find((one) => one === word);
    if (field !== undefined) return field;
    throw new InvalidArgumentError(`It has to be of ${TELEMETRY_GROUP_FIELDS.join(', ')}.`);
  });
}

function columnsOf(fields: readonly TelemetryGroupField[]): readonly Column<TelemetryStats>[] {
  const groups = fields.map((field) => ({
    title: field.toUpperCase(),
    text: (row: TelemetryStats) => oneLine(String(row[field] ?? NOTHING)),
  }));
  const counts = COUNTS.map((name) => ({
    title: name.toUpperCase().replace('_', ' '),
    text: (row: TelemetryStats) => String(row[name]),
    whole: true,
    paint: (text: string, row: TelemetryStats) => {
      const colour = COLOURS[name];
      return colour === undefined || row[name] === 0 ? text : paint(colour, text);
    },
  }));
  const passed = {
    title: 'PASSED',
    text: ({ pass, fail, incomplete }: TelemetryStats) => share(pass, pass + fail + incomplete),
    whole: true,
  };
  return [...groups, ...counts, passed];
}
