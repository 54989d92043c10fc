import type { TelemetryEvent } from '@kernelci/model';
import { Progress } from '../../io/progress.ts';
import { paint } from '../../output/paint.ts';
import type { Column } from '../../output/table.ts';
import { defineVerb } from '../../verb.ts';
import { type ListOptions, pageOf, takesPaging } from '../lists.ts';
import { NOTHING, oneLine, shortTime } from '../node/look.ts';
import { each, printList } from '../print-list.ts';
import { type ChoiceOptions, choiceOf, FILTERS_HELP, formatFor, takesChoice } from './choice.ts';
import { paintResultText } from './look.ts';

const COLUMNS: readonly Column<TelemetryEvent>[] = [
  { title: 'TIME', text: ({ ts }) => shortTime(ts), whole: true },
  { title: 'KIND', text: ({ kind }) => oneLine(kind), whole: true },
  { title: 'RUNTIME', text: ({ runtime }) => oneLine(runtime) },
  { title: 'DEVICE', text: ({ device_id, device_type }) => oneLine(device_id ?? device_type ?? NOTHING) },
  { title: 'JOB', text: ({ job_name }) => oneLine(job_name ?? NOTHING), optional: true },
  { title: 'TEST', text: ({ test_name }) => oneLine(test_name ?? NOTHING), optional: true },
  {
    title: 'RESULT',
    text: ({ result }) => oneLine(result ?? NOTHING),
    whole: true,
    paint: (text, { result }) => paintResultText(text, result),
  },
  {
    title: 'INFRA',
    text: ({ is_infra_error }) => (is_infra_error ? 'yes' : NOTHING),
    whole: true,
    paint: (text, { is_infra_error }) => (is_infra_error ? paint('yellow', text) : text),
  },
  { title: 'ERROR', text: errorText, optional: true },
];

export const verb = defineVerb<[filters: string[]], ListOptions & ChoiceOptions>({
  description: `Prints telemetry, the newest first, page by page. No token is needed. ${FILTERS_HELP}`,
  examples: [
    ['kci telemetry find is_infra_error=true --since 6h', 'what went wrong in labs'],
    ['kci telemetry find runtime=lava-lab kind=runtime_error -l 50', 'the last errors of a lab'],
    ['kci telemetry find device_id=rk-1 --all --format jsonl > rk-1.jsonl', 'all that a device did'],
  ],
  configure: (command) => {
    takesChoice(command, 'event');
    takesPaging(command);
  },
  run: async (factory, [attributes], options) => {
    const filters = choiceOf(attributes, options);
    const page = await pageOf(factory, options);
    const format = await formatFor(factory, options.format);
    const { telemetry } = await factory.publicClient();
    const progress = new Progress('events');
    const events =
      page === 'all'
        ? telemetry.each(filters, options.pageLength)
        : each((await telemetry.find(filters, page)).items);
    await printList(factory, events, { format, columns: COLUMNS, progress, paged: true });
  },
});

function errorText({ error_type, error_msg }: TelemetryEvent): string {
  const parts = [error_type, error_msg].filter((part) => part !== null);
  return parts.length === 0 ? NOTHING : oneLine(parts.join(': '));
}
