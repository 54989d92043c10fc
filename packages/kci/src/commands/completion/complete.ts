import { UsageError } from '../../errors.ts';
import { defineVerb } from '../../verb.ts';
import { candidates } from './candidates.ts';
import { isShell } from './shells.ts';
import { joinAssignments, partAfterAssignment } from './words.ts';

export const verb = defineVerb<[shell: string, words: string[]]>({
  description: 'Prints what may stand in the place of the last word; for the scripts of "kci completion".',
  examples: [['kci __complete fish -- user to', 'commands of kci user that begin with "to"']],
  configure: (command) => {
    command.argument('<shell>').argument('[words...]');
  },
  run: async (factory, [shell, words]) => {
    if (!isShell(shell)) throw new UsageError(`'${shell}' is not a shell that is known here`);
    const joined = shell === 'bash' ? joinAssignments(words) : words;
    const current = joined.at(-1) ?? '';
    for (const { value, meaning } of await candidates(factory, joined.slice(0, -1), current)) {
      const shown = shell === 'bash' ? partAfterAssignment(value, current) : value;
      factory.result(meaning === '' ? shown : `${shown}\t${meaning}`);
    }
  },
});
