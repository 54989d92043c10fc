import { Command } from 'commander';
import { UsageError } from '../../errors.ts';
import { type GlobalOptions, globalOptions } from '../../globals.ts';
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
    const [before, current] = [joined.slice(0, -1), joined.at(-1) ?? ''];
    for (const { value, meaning } of await candidates(factory.with(globalsIn(before)), before, current)) {
      const shown = shell === 'bash' ? partAfterAssignment(value, current) : value;
      factory.result(meaning === '' ? shown : `${shown}\t${meaning}`);
    }
  },
});

/** The global options of an unfinished command line; they choose the settings whose names are offered. */
function globalsIn(words: readonly string[]): GlobalOptions {
  const parser = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  for (const option of globalOptions()) parser.addOption(option);
  try {
    // The last word may be an option whose value is to come.
    parser.parseOptions([...words, '']);
  } catch {
    return {};
  }
  return parser.opts();
}
