import { globalOptions } from '../globals.ts';
import { type Group, isGroup, type Leaf, ROOT } from './tree.ts';

const VALUED = new Set(globalOptions().flatMap(({ short, long }) => [short, long]));

export interface NamedCommand {
  /** Below `kci`. */
  path: string[];
  node: Leaf | Group;
  /** A word in the place of a command that is none. */
  unknown?: string;
}

/** Options whose value may begin with a minus. */
const WITH_MINUS = new Set(['--sort']);

/** `--sort -created` → `--sort=-created`: on its own, `-created` would be the global option `-c`. */
export function joinValues(words: readonly string[]): string[] {
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  const joined: string[] = [];
  for (const [at, word] of words.entries()) {
    const option = at < end ? words[at - 1] : undefined;
    if (option !== undefined && WITH_MINUS.has(option) && word.startsWith('-'))
      joined.splice(-1, 1, `${option}=${word}`);
    else joined.push(word);
  }
  return joined;
}

/** The command that a command line names, as far as it names one. */
export function commandIn(words: readonly string[]): NamedCommand {
  let node: Leaf | Group = ROOT;
  const path: string[] = [];
  for (let at = 0; at < words.length && isGroup(node); at++) {
    const word = words[at] ?? '';
    if (word === '--') break;
    if (word === 'help') continue;
    if (word.startsWith('-')) {
      if (VALUED.has(word)) at += 1;
      continue;
    }
    if (!Object.hasOwn(node.children, word)) return { path, node, unknown: word };
    node = node.children[word] as Leaf | Group;
    path.push(word);
  }
  return { path, node };
}
