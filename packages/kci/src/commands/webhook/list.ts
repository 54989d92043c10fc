import type { Webhook } from '@kernelci/model';
import { paint } from '../../output/paint.ts';
import type { Column } from '../../output/table.ts';
import { defineVerb } from '../../verb.ts';
import { type Format, formatOption } from '../list-format.ts';
import { fetchList, type ListOptions, takesPaging } from '../lists.ts';
import { NOTHING, oneLine, shortTime } from '../node/look.ts';
import { each, printList } from '../print-list.ts';

const COLUMNS: readonly Column<Webhook>[] = [
  { title: 'ID', text: ({ id }) => oneLine(id), whole: true },
  { title: 'OWNER', text: ({ owner }) => oneLine(owner), optional: true },
  { title: 'URL', text: ({ url }) => oneLine(url) },
  { title: 'STATE', text: ({ state }) => state, whole: true, paint: paintState },
  { title: 'POSITION', text: ({ position }) => String(position), whole: true },
  { title: 'FAILING SINCE', text: ({ failing_since }) => shortTime(failing_since ?? NOTHING), whole: true },
  { title: 'LAST ERROR', text: ({ last_error }) => oneLine(last_error ?? NOTHING), optional: true },
];

export const verb = defineVerb<[], ListOptions & { format?: Format }>({
  description: 'Prints your webhooks, for admins those of everybody.',
  examples: [['kci webhook list --format table', 'which there are, and whether they work']],
  configure: (command) => {
    command.addOption(formatOption('webhook'));
    takesPaging(command);
  },
  run: async (factory, _args, options) => {
    const client = await factory.client();
    const webhooks = await fetchList(factory, options, (page) => client.webhooks.list(page));
    await printList(factory, each(webhooks), { format: options.format, columns: COLUMNS, paged: true });
  },
});

function paintState(text: string, { state, failing_since }: Webhook): string {
  if (state === 'disabled') return paint('red', text);
  return failing_since === null ? paint('green', text) : paint('yellow', text);
}
