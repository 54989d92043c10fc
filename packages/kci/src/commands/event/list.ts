import { wholeNumber } from '../../arguments/numbers.ts';
import { UsageError } from '../../errors.ts';
import { Progress } from '../../io/progress.ts';
import { defineVerb } from '../../verb.ts';
import { type Format, formatOption } from '../list-format.ts';
import { printList } from '../print-list.ts';
import { type ChannelOption, eventChoice, FILTERS_HELP, takesFilters } from './filters.ts';
import { EVENT_COLUMNS } from './look.ts';

const RECURSIVE_MAX = 1000;

interface EventListOptions extends ChannelOption {
  limit?: number;
  from?: string;
  recursive?: boolean;
  format?: Format;
}

const OF_OPTIONS = new Map(['limit', 'from', 'recursive'].map((name) => [name, `--${name}`]));

export const verb = defineVerb<[filters: string[]], EventListOptions>({
  description:
    'Prints events, the oldest first, as far back as the API keeps them: all, or those that fit. No token is needed. ' +
    `${FILTERS_HELP} On a terminal, more than one event is shown in a pager.`,
  examples: [
    ['kci event list kind=checkout state=available --from 2026-11-24 --format table', 'since midnight (UTC)'],
    ['kci event list node_id=6526448e7d140ee220971a0e --format table', 'what happened to a node'],
    ['kci event list state=done kind=job --limit 100 --recursive', 'with the nodes as they are now'],
  ],
  configure: (command) => {
    takesFilters(command);
    command
      .option('--limit <n>', 'at most so many (default: all)', wholeNumber(1))
      .option('--from <time>', 'only events of later moments (ISO; UTC unless it has a zone)')
      .option('--recursive', `each event with its node; needs a --limit of at most ${RECURSIVE_MAX}`)
      .addOption(formatOption('event'));
  },
  run: async (factory, [filters], options) => {
    const { limit, from, recursive, format } = options;
    const choice = eventChoice(filters, options, OF_OPTIONS);
    if (recursive === true && (limit === undefined || limit > RECURSIVE_MAX)) {
      throw new UsageError(`--recursive needs --limit, of at most ${RECURSIVE_MAX}`);
    }
    const progress = new Progress('events');
    const { events } = await factory.publicClient();
    const all = events.each(withChannel(choice), { limit, from, recursive });
    await printList(factory, all, { format, columns: EVENT_COLUMNS, progress, paged: true });
  },
});

function withChannel({ filters, channel }: ReturnType<typeof eventChoice>) {
  return channel === undefined ? filters : { ...filters, channel };
}
