import type { UpdateUserBody } from '@kernelci/model';
import { parseAttribute } from '../../arguments/attributes.ts';
import { UsageError } from '../../errors.ts';
import { defineVerb } from '../../verb.ts';
import { findUser } from './accounts.ts';

export const verb = defineVerb<[attributes: string[]], { username?: string }>({
  description:
    'Changes your own account or, with --username and admin rights, that of another user. ' +
    'groups=… may be repeated and replaces all groups of the account.',
  examples: [
    ['kci user update email=new@example.org', 'your own address, which has to be verified again'],
    ['kci --as admin user update --username bob is_verified=true', 'an account of another user'],
    ['kci --as admin user update --username bob groups=admin groups=node:edit:any', 'all the groups of bob'],
  ],
  configure: (command) => {
    command
      .argument('[attributes...]', 'NAME=VALUE')
      .option('--username <name>', 'whose account to change (admins); default: your own');
  },
  run: async (factory, [attributes], { username }) => {
    const changes = changesOf(attributes);
    if (Object.keys(changes).length === 0) {
      factory.note('No user details to update.');
      return;
    }
    const client = await factory.client();
    if (username === undefined) await client.users.updateMe(changes);
    else await client.users.update((await findUser(client, username)).id, changes);
  },
});

/** Values are sent as text, as they are typed; the API knows their types. */
function changesOf(attributes: readonly string[]): UpdateUserBody {
  const changes = new Map<string, string | string[]>();
  for (const { name, operator, value } of attributes.map(parseAttribute)) {
    if (operator !== '=')
      throw new UsageError(`'${name}${operator}${value}' changes nothing: write NAME=VALUE`);
    if (name === 'password') {
      throw new UsageError("passwords do not belong on the command line: use 'kci user password update'");
    }
    if (name === 'groups') changes.set(name, [changes.get(name) ?? [], value].flat());
    else changes.set(name, value);
  }
  return Object.fromEntries(changes);
}
