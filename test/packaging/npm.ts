import { spawn } from 'node:child_process';
import path from 'node:path';
import { collectOutput, exitOf } from '../helpers/process-output.ts';
import type { CommandResult } from '../helpers/run-command.ts';

const KEPT_NPM_SETTINGS = ['npm_config_cache', 'npm_config_registry', 'npm_config_userconfig'];

/**
 * Runs npm (or npx) as a user would in `cwd`, on the Node that runs the tests.
 * @throws Error with its output when it fails
 */
export async function npm(command: 'npm' | 'npx', args: string[], cwd: string): Promise<CommandResult> {
  const child = spawn(command, args, { cwd, env: userEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
  const output = collectOutput(child);
  const code = await exitOf(child);
  if (code !== 0)
    throw new Error(`${command} ${args.join(' ')} ends with ${code}:\n${output.stdout}${output.stderr}`);
  return { code, ...output };
}

/** Without what the npm that runs the tests tells its scripts, which is about this project. */
function userEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('npm_') || KEPT_NPM_SETTINGS.includes(name),
  );
  const PATH = [path.dirname(process.execPath), process.env.PATH].join(path.delimiter);
  return { ...Object.fromEntries(own), PATH };
}
