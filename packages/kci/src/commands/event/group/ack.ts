import { defineVerb } from '../../../verb.ts';
import { sequenceIds } from '../ids.ts';
import { groupName, takesGroup } from './group-name.ts';

export const verb = defineVerb<[name: string, ids: string[]]>({
  description:
    'Acknowledges claimed events: they are done, and come no more. Prints how many of them were waiting for it.',
  examples: [
    ['kci event group ack builders 1207 1208', 'these two'],
    ["jq '.[].sequence_id' claimed.json | xargs kci event group ack builders", 'all that claim has printed'],
  ],
  configure: (command) => {
    takesGroup(command).argument('<sequence-ids...>', 'as claim prints them');
  },
  run: async (factory, [name, ids]) => {
    const [group, sequence] = [groupName(name), sequenceIds(ids)];
    const client = await factory.client();
    await factory.json(await client.feedGroups.ack(group, sequence));
  },
});
