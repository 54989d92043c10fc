import type { Command, Option } from 'commander';
import { type Group, isGroup } from '../commands/tree.ts';
import { commandIn } from '../commands/words.ts';
import type { Factory } from '../factory.ts';
import { argumentValues } from './argument-values.ts';
import { optionValues } from './option-values.ts';
import { FILES } from './shells.ts';

export interface Candidate {
  value: string;
  meaning: string;
}

const filesOfShell: Candidate[] = [{ value: FILES, meaning: '' }];

/**
 * What may stand in the place of `current`, after `before`.
 * @returns only a candidate called `:files` where the shell is to complete file names
 */
export async function candidates(
  factory: Factory,
  before: readonly string[],
  current: string,
): Promise<Candidate[]> {
  const { path, node, unknown } = commandIn(before);
  if (unknown !== undefined) return [];
  const command = await parserOf(before, path);
  const valued = valueWanted(command, before, current);
  if (valued !== undefined) {
    const values = await optionValues(factory, valued.option);
    return values === 'files' ? filesOfShell : fitting(values, current, valued.prefix);
  }
  if (current.startsWith('-')) return fitting(optionsOf(command), current);
  if (isGroup(node)) return fitting(childrenOf(node), current);
  const values = await argumentValues(path, argumentWanted(command, before, path), current);
  return values === 'files' ? filesOfShell : fitting(values, current);
}

/** The argument whose place comes next; of several words the last argument takes all that follow. */
function argumentWanted(command: Command, before: readonly string[], path: readonly string[]) {
  const options = allOptions(command).filter(({ required }) => required);
  const isOption = (word = '') => options.some(({ long, short }) => word === long || word === short);
  const isArgument = (word: string) => word === '-' || !word.startsWith('-');
  const given = before.filter((word, at) => isArgument(word) && !isOption(before[at - 1])).length;
  const all = command.registeredArguments;
  const last = all.at(-1);
  return all[given - path.length] ?? (last?.variadic === true ? last : undefined);
}

/** The parser knows the options of the command that `words` name. */
async function parserOf(words: readonly string[], path: readonly string[]): Promise<Command> {
  const { buildProgram } = await import('../program.ts');
  let command = await buildProgram(words, () => Promise.resolve());
  for (const name of path) {
    command = command.commands.find((child) => child.name() === name) ?? command;
  }
  return command;
}

function allOptions(command: Command): Option[] {
  const own = command.options.filter(({ hidden }) => !hidden);
  return command.parent === null ? own : [...own, ...allOptions(command.parent)];
}

function optionsOf(command: Command): Candidate[] {
  const long = allOptions(command).map(({ long, description }) => ({
    value: long ?? '',
    meaning: description,
  }));
  return [...long, { value: '--help', meaning: 'show this help' }];
}

/** The option whose value `current` is, with what stands before the value in the same word. */
function valueWanted(command: Command, before: readonly string[], current: string) {
  const options = allOptions(command).filter(({ required }) => required);
  const [prefix, name] = /^(--[\w-]+)=/.exec(current) ?? [];
  const word = name ?? before.at(-1);
  const option = options.find(({ long, short }) => word !== undefined && (word === long || word === short));
  return option && { option, prefix: prefix ?? '' };
}

function childrenOf(group: Group): Candidate[] {
  return Object.entries(group.children).map(([value, { summary }]) => ({ value, meaning: summary }));
}

function fitting(all: readonly Candidate[], current: string, prefix = ''): Candidate[] {
  return all
    .map(({ value, meaning }) => ({ value: prefix + value, meaning }))
    .filter(({ value }) => value.startsWith(current));
}
