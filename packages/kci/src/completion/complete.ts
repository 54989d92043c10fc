import { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { Factory } from '../factory.ts';
import { type GlobalOptions, globalOptions } from '../globals.ts';
import { streams } from '../io/streams.ts';
import { candidates } from './candidates.ts';
import { isShell } from './shells.ts';
import { joinAssignments, partAfterAssignment } from './words.ts';

/**
 * Prints what may stand in the place of the last word, for the scripts of `kci completion`.
 * @param args the shell, `--`, and the words after `kci` up to the cursor
 */
export async function complete([shell = '', , ...words]: readonly string[]): Promise<void> {
  if (!isShell(shell)) throw new UsageError(`'${shell}' is not a shell that is known here`, 'kci completion');
  const joined = shell === 'bash' ? joinAssignments(words) : words;
  const [before, current] = [joined.slice(0, -1), joined.at(-1) ?? ''];
  const factory = new Factory([], globalsIn(before), () => undefined);
  for (const { value, meaning } of await candidates(factory, before, current)) {
    const shown = shell === 'bash' ? partAfterAssignment(value, current) : value;
    streams.result(meaning === '' ? shown : `${shown}\t${meaning}`);
  }
}

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
