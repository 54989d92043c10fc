import { defineVerb } from '../../verb.ts';
import { troubleTeller } from '../tell-trouble.ts';
import { printData } from './print-data.ts';

export const verb = defineVerb<[list: string]>({
  description:
    'Takes the first item of a list, waiting until there is one, and prints it: a text, or JSON. Nobody else gets it.',
  examples: [
    ['kci event pop jobs > job.json', 'the next job'],
    ['while build=$(kci event pop builds); do make "$build"; done', 'one after the other'],
  ],
  configure: (command) => {
    command.argument('<list>', 'name of the list');
  },
  run: async (factory, [list]) => {
    const { events } = await factory.client();
    const { data } = await events.take(list, { onTrouble: troubleTeller(factory) });
    await printData(factory, data);
  },
});
