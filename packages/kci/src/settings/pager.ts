import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** A program that shows text page by page. */
export interface PagerCommand {
  /** For the shell. */
  command: string;
  variables: NodeJS.ProcessEnv;
}

const USUAL = ['less', 'more'];

/**
 * The pager that `PAGER` names, or a usual one.
 * @returns undefined when there is none, or none is wanted: `PAGER` is empty or `cat`, or the terminal is a simple one
 */
export function findPager(variables: NodeJS.ProcessEnv = process.env): PagerCommand | undefined {
  const command = variables.PAGER?.trim() ?? usualPager(variables);
  if (command === undefined || command === '' || command === 'cat') return undefined;
  // For less: what fits the screen is left there, colours are shown, the screen is not cleared.
  return { command, variables: { LESS: 'FRX', ...variables } };
}

function usualPager({ TERM = 'dumb', PATH = '' }: NodeJS.ProcessEnv): string | undefined {
  if (TERM === 'dumb') return undefined;
  return USUAL.find((name) =>
    PATH.split(path.delimiter).some((folder) => isProgram(path.join(folder, name))),
  );
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
