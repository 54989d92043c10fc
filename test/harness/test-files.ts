import { globSync, statSync } from 'node:fs';
import path from 'node:path';

/** All but those that need more than Node on the machine: a browser, Python. */
const EVERYWHERE = [
  'packages/*/src/**/*.test.ts',
  'packages/*/test/**/*.test.ts',
  'test/!(browser|fuzz|kci-dev)/**/*.test.ts',
];
const ABOUT_A_RUNNING_SERVER = ['test/acceptance/**/*.test.ts'];

/**
 * The test files that `paths` (files or folders) stand for; without paths, all of them, or, when the
 * suite is aimed at a running server, those that can use one.
 * @throws Error when a path does not exist or nothing is found
 */
export function selectTestFiles(root: string, paths: string[], aimedAtServer: boolean): string[] {
  const patterns = aimedAtServer ? ABOUT_A_RUNNING_SERVER : EVERYWHERE;
  const found = paths.length === 0 ? glob(root, patterns) : paths.flatMap((given) => expand(root, given));
  if (found.length === 0) throw new Error(`no test files found in ${paths.join(' ') || patterns.join(' ')}`);
  // From the end of the alphabet: those of packages come last, which are so short that none of them is waited for.
  return [...new Set(found)].sort().reverse();
}

function expand(root: string, given: string): string[] {
  const file = path.resolve(root, given);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) throw new Error(`no such test file or folder: ${given}`);
  return stat.isDirectory() ? glob(file, ['**/*.test.ts']) : [file];
}

function glob(cwd: string, patterns: string[]): string[] {
  const found = globSync(patterns, { cwd, exclude: (name) => name.split(path.sep).includes('node_modules') });
  return found.map((file) => path.join(cwd, file));
}
