import type { ClaimedEntry } from '@kernelci/model';
import { durationSeconds } from '../../../arguments/durations.ts';
import { wholeNumber } from '../../../arguments/numbers.ts';
import { UsageError } from '../../../errors.ts';
import type { Column } from '../../../output/table.ts';
import { defineVerb } from '../../../verb.ts';
import { type Format, formatOption } from '../../list-format.ts';
import { each, printList } from '../../print-list.ts';
import { EVENT_COLUMNS } from '../look.ts';
import { groupName, takesGroup } from './group-name.ts';

const LIMIT_MAX = 1000;
const WAIT_MAX = 60;

const COLUMNS: readonly Column<ClaimedEntry>[] = [
  ...EVENT_COLUMNS,
  { title: 'DELIVERY', text: (entry) => String(entry.delivery_count), whole: true },
];

interface ClaimOptions {
  limit?: number;
  wait?: number;
  worker?: string;
  format?: Format;
}

export const verb = defineVerb<[name: string], ClaimOptions>({
  description:
    "Takes events that no other worker of the group has, and prints them. What is not acknowledged within the group's " +
    'time goes to somebody again.',
  examples: [
    ['kci event group claim builders --wait 30s --limit 1', 'one event, when there is one within 30 seconds'],
    ['kci event group claim builders --format jsonl | jq .sequence_id', 'what ack wants to know'],
  ],
  configure: (command) => {
    takesGroup(command);
    command
      .option('--limit <n>', 'at most so many (default: 10)', wholeNumber(1, LIMIT_MAX))
      .option(
        '--wait <time>',
        `how long to wait when there is none, up to ${WAIT_MAX}s (default: not at all)`,
        durationSeconds,
      )
      .option('--worker <name>', 'who claims, to be shown with dead events')
      .addOption(formatOption('event'));
  },
  run: async (factory, [name], { limit, wait, worker, format }) => {
    const group = groupName(name);
    if (wait !== undefined && wait > WAIT_MAX) throw new UsageError(`--wait may be up to ${WAIT_MAX}s`);
    const client = await factory.client();
    const { items } = await client.feedGroups.claim(group, { limit, wait, worker });
    await printList(factory, each(items), { format, columns: COLUMNS, paged: false });
  },
});
