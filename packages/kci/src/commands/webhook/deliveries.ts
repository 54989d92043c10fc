import type { WebhookDelivery } from '@kernelci/model';
import { idArgument } from '../../arguments/names.ts';
import { paint } from '../../output/paint.ts';
import type { Column } from '../../output/table.ts';
import { defineVerb } from '../../verb.ts';
import { type Format, formatOption } from '../list-format.ts';
import { fetchList, type ListOptions, takesPaging } from '../lists.ts';
import { NOTHING, oneLine, shortTime } from '../node/look.ts';
import { each, printList } from '../print-list.ts';

const COLUMNS: readonly Column<WebhookDelivery>[] = [
  { title: 'SEQUENCE', text: ({ sequence_id }) => String(sequence_id), whole: true },
  { title: 'TIME', text: ({ time }) => shortTime(time), whole: true },
  { title: 'ATTEMPT', text: ({ attempt }) => String(attempt), whole: true },
  { title: 'OUTCOME', text: ({ outcome }) => outcome, whole: true, paint: paintOutcome },
  { title: 'STATUS', text: (delivery) => String(delivery.response_status ?? NOTHING), whole: true },
  { title: 'MS', text: ({ ms }) => String(ms), whole: true, optional: true },
  { title: 'ERROR', text: ({ error }) => oneLine(error ?? NOTHING) },
];

export const verb = defineVerb<[id: string], ListOptions & { format?: Format }>({
  description: 'Prints what was sent to a webhook, and what came of it, the newest first.',
  examples: [['kci webhook deliveries 65f1c0ffee65f1c0ffee65f1 --format table', 'the last ten']],
  configure: (command) => {
    command.argument('<id>', 'id of the webhook').addOption(formatOption('delivery'));
    takesPaging(command);
  },
  run: async (factory, [id], options) => {
    const webhook = idArgument(id);
    const client = await factory.client();
    const deliveries = await fetchList(factory, options, (page) => client.webhooks.deliveries(webhook, page));
    await printList(factory, each(deliveries), { format: options.format, columns: COLUMNS, paged: true });
  },
});

function paintOutcome(text: string, { outcome }: WebhookDelivery): string {
  return paint(outcome === 'delivered' ? 'green' : 'red', text);
}
