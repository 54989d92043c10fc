import type { SignupState } from '@kernelci/client';
import { Option } from 'commander';
import { defineVerb } from '../../../verb.ts';
import { fetchList, type ListOptions, takesPaging } from '../../lists.ts';

const STATES: readonly SignupState[] = ['pending', 'approved', 'rejected'];

export const verb = defineVerb<[], ListOptions & { state?: SignupState }>({
  description: 'Prints requests for accounts as a JSON array. For admins.',
  examples: [['kci --as admin user signups list --state pending --indent=1', 'who is waiting']],
  configure: (command) => {
    command.addOption(new Option('--state <state>', 'only those in this state').choices(STATES));
    takesPaging(command);
  },
  run: async (factory, _args, options) => {
    const client = await factory.client();
    await factory.json(await fetchList(factory, options, (page) => client.signups.list(options.state, page)));
  },
});
