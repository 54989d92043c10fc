import { defineVerb } from '../../../verb.ts';
import { sequenceIds } from '../ids.ts';
import { groupName, takesGroup } from './group-name.ts';

export const verb = defineVerb<[name: string, ids: string[]]>({
  description: 'Has dead events delivered again, all or those that are named. Prints how many there were.',
  examples: [
    ['kci event group retry builders', 'all'],
    ['kci event group retry builders 1207', 'this one'],
  ],
  configure: (command) => {
    takesGroup(command).argument('[sequence-ids...]', 'as dead prints them (default: all)');
  },
  run: async (factory, [name, ids]) => {
    const [group, sequence] = [groupName(name), sequenceIds(ids)];
    const client = await factory.client();
    await factory.json(
      await client.feedGroups.retryDead(group, sequence.length === 0 ? undefined : sequence),
    );
  },
});
