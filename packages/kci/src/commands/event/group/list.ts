import type { ConsumerGroup } from '@kernelci/model';
import type { Column } from '../../../output/table.ts';
import { defineVerb } from '../../../verb.ts';
import { type Format, formatOption } from '../../list-format.ts';
import { fetchList, type ListOptions, takesPaging } from '../../lists.ts';
import { NOTHING, oneLine } from '../../node/look.ts';
import { each, printList } from '../../print-list.ts';

const COLUMNS: readonly Column<ConsumerGroup>[] = [
  { title: 'NAME', text: ({ name }) => oneLine(name), whole: true },
  { title: 'OWNER', text: ({ owner }) => oneLine(owner), optional: true },
  { title: 'CHANNEL', text: ({ channel }) => oneLine(channel ?? NOTHING) },
  { title: 'FILTER', text: ({ filter }) => filterText(filter), optional: true },
  { title: 'LAG', text: ({ lag }) => String(lag), whole: true },
  { title: 'PENDING', text: ({ pending }) => String(pending), whole: true },
  { title: 'DEAD', text: ({ dead }) => String(dead), whole: true },
];

export const verb = defineVerb<[], ListOptions & { format?: Format }>({
  description:
    'Prints your consumer groups, for admins those of everybody: how far each has come, and how many events are ' +
    'pending or dead.',
  examples: [['kci event group list --format table', 'all of them, if there are not too many']],
  configure: (command) => {
    command.addOption(formatOption('group'));
    takesPaging(command);
  },
  run: async (factory, _args, options) => {
    const client = await factory.client();
    const groups = await fetchList(factory, options, (page) => client.feedGroups.list(page));
    await printList(factory, each(groups), { format: options.format, columns: COLUMNS, paged: true });
  },
});

function filterText(filter: Record<string, string>): string {
  const conditions = Object.entries(filter).map(([name, value]) => `${name}=${value}`);
  return conditions.length === 0 ? NOTHING : oneLine(conditions.join(' '));
}
