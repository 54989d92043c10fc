import { durationSeconds } from '../../../arguments/durations.ts';
import { wholeNumber } from '../../../arguments/numbers.ts';
import { defineVerb } from '../../../verb.ts';
import { type ChannelOption, eventChoice, FILTERS_HELP, filterBody, takesFilters } from '../filters.ts';
import { type StartPlace, startPlace } from '../ids.ts';
import { groupName, takesGroup } from './group-name.ts';

const DELIVERIES_MAX = 1000;

interface CreateOptions extends ChannelOption {
  visibility?: number;
  maxDeliveries?: number;
  from?: StartPlace;
}

export const verb = defineVerb<[name: string, filters: string[]], CreateOptions>({
  description:
    'Creates a consumer group, or changes that of yours which has the name, and prints it. Each event that fits goes ' +
    `to one of those who claim. ${FILTERS_HELP}`,
  examples: [
    ['kci event group create builders kind=checkout state=available', 'from now on'],
    ['kci event group create report state=done --from oldest --visibility 10m', 'ten minutes for each event'],
  ],
  configure: (command) => {
    takesGroup(command);
    takesFilters(command);
    command
      .option(
        '--visibility <time>',
        'how long a worker has an event before others get it (default: 60s)',
        durationSeconds,
      )
      .option(
        '--max-deliveries <n>',
        'put an event aside after so many deliveries (default: 10)',
        wholeNumber(1, DELIVERIES_MAX),
      )
      .option(
        '--from <place>',
        "where a new group begins: 'oldest', 'latest' (default), or behind this sequence_id",
        startPlace,
      );
  },
  run: async (factory, [name, filters], options) => {
    const choice = eventChoice(filters, options);
    const group = groupName(name);
    const client = await factory.client();
    await factory.json(
      await client.feedGroups.put(group, {
        channel: choice.channel,
        filter: filterBody(choice.filters),
        visibility_seconds: options.visibility,
        max_deliveries: options.maxDeliveries,
        start: options.from,
      }),
    );
  },
});
