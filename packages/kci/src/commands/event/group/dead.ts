import type { DeadLetter } from '@kernelci/model';
import type { Column } from '../../../output/table.ts';
import { defineVerb } from '../../../verb.ts';
import { type Format, formatOption } from '../../list-format.ts';
import { fetchList, type ListOptions, takesPaging } from '../../lists.ts';
import { NOTHING, oneLine, shortTime } from '../../node/look.ts';
import { each, printList } from '../../print-list.ts';
import { EVENT_COLUMNS } from '../look.ts';
import { groupName, takesGroup } from './group-name.ts';

const COLUMNS: readonly Column<DeadLetter>[] = [
  ...EVENT_COLUMNS,
  { title: 'DELIVERIES', text: (entry) => String(entry.delivery_count), whole: true },
  { title: 'WORKER', text: ({ worker }) => oneLine(worker ?? NOTHING), optional: true },
  { title: 'DIED', text: ({ died }) => shortTime(died), optional: true },
];

export const verb = defineVerb<[name: string], ListOptions & { format?: Format }>({
  description: 'Prints the events that were delivered too often without being acknowledged.',
  examples: [
    ['kci event group dead builders --format table', 'which they are'],
    ['kci event group retry builders', '… and to have all of them delivered again'],
  ],
  configure: (command) => {
    takesGroup(command).addOption(formatOption('event'));
    takesPaging(command);
  },
  run: async (factory, [name], options) => {
    const group = groupName(name);
    const client = await factory.client();
    const dead = await fetchList(factory, options, (page) => client.feedGroups.dead(group, page));
    await printList(factory, each(dead), { format: options.format, columns: COLUMNS, paged: true });
  },
});
