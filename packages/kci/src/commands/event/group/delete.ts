import { defineVerb } from '../../../verb.ts';
import { groupName, takesGroup } from './group-name.ts';

export const verb = defineVerb<[name: string]>({
  description:
    'Deletes a consumer group, with its pending and dead events. The events themselves stay in the log.',
  examples: [['kci event group delete builders', 'when nobody needs it any more']],
  configure: (command) => {
    takesGroup(command);
  },
  run: async (factory, [name]) => {
    const group = groupName(name);
    const client = await factory.client();
    await client.feedGroups.delete(group);
  },
});
