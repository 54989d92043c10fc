import { defineVerb } from '../../../verb.ts';
import { groupName, takesGroup } from './group-name.ts';

export const verb = defineVerb<[name: string]>({
  description:
    'Shows a consumer group: its settings, how far it has come, how many events are pending or dead.',
  examples: [['kci event group show builders --indent=1', 'one group']],
  configure: (command) => {
    takesGroup(command);
  },
  run: async (factory, [name]) => {
    const group = groupName(name);
    const client = await factory.client();
    await factory.json(await client.feedGroups.get(group));
  },
});
