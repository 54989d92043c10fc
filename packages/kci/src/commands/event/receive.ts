import { ConnectionError } from '@kernelci/client';
import { defineVerb } from '../../verb.ts';
import { troubleTeller } from '../tell-trouble.ts';
import { subscriptionId } from './ids.ts';
import { printData } from './print-data.ts';

export const verb = defineVerb<[id: string], { once?: boolean }>({
  description:
    "Waits for a subscription's next event and prints its data: a text, or JSON. The next receive acknowledges it. " +
    'An API that goes away meanwhile is waited for.',
  examples: [
    ['kci event receive 7', 'the next event of subscription 7'],
    ['while kci event receive 7 >> events.jsonl; do :; done', 'all that come, one a line'],
    ['kci event receive 7 --once', 'nothing when none comes for a while'],
  ],
  configure: (command) => {
    command
      .argument('<id>', 'what subscribe printed')
      .option('--once', 'print nothing when the API says that nothing happened for a while');
  },
  run: async (factory, [id], { once = false }) => {
    const subscription = subscriptionId(id);
    const { events } = await factory.client();
    const event = once
      ? await events.listen(subscription).catch(nothingYet)
      : await events.next(subscription, { onTrouble: troubleTeller(factory) });
    if (event !== undefined) await printData(factory, event.data);
  },
});

function nothingYet(error: unknown): undefined {
  if (error instanceof ConnectionError && error.kind === 'timeout') return undefined;
  throw error;
}
