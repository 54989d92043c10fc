import type { AuditQuery } from '@kernelci/client';
import { defineVerb } from '../verb.ts';
import { fetchList, type ListOptions, takesPaging } from './lists.ts';

export const verb = defineVerb<[], ListOptions & AuditQuery>({
  description:
    'Prints administrative acts as a JSON array, the newest first: who, when, from where, what, before and after. ' +
    'For admins.',
  examples: [
    ['kci --as admin audit --indent=1', 'the last ten'],
    ['kci --as admin audit --actor alice --since 2026-11-01', 'what alice did since then (UTC)'],
    ['kci --as admin audit --target bob --all', 'all that was done to bob'],
  ],
  configure: (command) => {
    command
      .option('--action <action>', 'only this kind of act')
      .option('--actor <username>', 'only acts of this user')
      .option('--target <name>', 'only acts on this user, group or token')
      .option('--since <time>', 'only from this time on (ISO; UTC unless it has a zone)')
      .option('--until <time>', 'only before this time');
    takesPaging(command);
  },
  run: async (factory, _args, options) => {
    const { action, actor, target, since, until } = options;
    const client = await factory.client();
    const query = { action, actor, target, since, until };
    await factory.json(await fetchList(factory, options, (page) => client.audit.list(query, page)));
  },
});
