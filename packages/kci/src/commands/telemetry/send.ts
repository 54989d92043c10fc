import { type Client, RawJson } from '@kernelci/client';
import type { Factory } from '../../factory.ts';
import { jsonSource } from '../../output/json-source.ts';
import { defineVerb } from '../../verb.ts';
import { readEvents } from './event-file.ts';

/** Events of one request, which are stored together or not at all. */
const BATCH = 1000;

export const verb = defineVerb<[file: string]>({
  description:
    'Stores telemetry from a file with a JSON array of events, one event, or one event a line, and prints how many ' +
    `there were. An event has at least kind and runtime. ${BATCH} at a time are stored together, or none of them.`,
  examples: [
    ['kci telemetry send events.json', 'a file'],
    [
      'echo \'{"kind": "runtime_error", "runtime": "lava-lab", "error_type": "submission"}\' | kci telemetry send -',
      'an event',
    ],
  ],
  configure: (command) => {
    command.argument('<file>', 'a JSON file; -: standard input');
  },
  run: async (factory, [file]) => {
    const events = await readEvents(file);
    const client = await factory.client();
    await factory.json({ inserted: await sendAll(factory, client, events) });
  },
});

async function sendAll(factory: Factory, client: Client, events: readonly unknown[]): Promise<number> {
  for (let at = 0; at < events.length; at += BATCH) {
    try {
      await client.telemetry.send(new RawJson(jsonSource(events.slice(at, at + BATCH))));
    } catch (error) {
      if (at > 0)
        factory.warn(`the first ${at} of ${events.length} events are stored; the others may not be`);
      throw error;
    }
  }
  return events.length;
}
