import { globalOptions } from '../globals.ts';
import { type Group, isGroup, type Leaf, ROOT } from './tree.ts';

const VALUED = new Set(globalOptions().flatMap(({ short, long }) => [short, long]));

/**
 * The command that a command line names.
 * @returns its path below `kci`, and the leaf when the path leads to one
 */
export function commandIn(words: readonly string[]): { path: string[]; node: Leaf | Group } {
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
    if (!Object.hasOwn(node.children, word)) break;
    node = node.children[word] as Leaf | Group;
    path.push(word);
  }
  return { path, node };
}
