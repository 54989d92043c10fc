import { spawn } from 'node:child_process';
import path from 'node:path';
import { killAtExit } from '../helpers/cleanup.ts';
import { collectOutput, exitOf } from '../helpers/process-output.ts';
import { type CommandResult, commandEnvironment } from '../helpers/run-command.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import type { World } from './world.ts';

/** Where `npm run test:fuzz` has put the program. */
function program(): string {
  const { SCHEMATHESIS } = process.env;
  if (SCHEMATHESIS === undefined)
    throw new Error('SCHEMATHESIS does not name the program: use npm run test:fuzz');
  return SCHEMATHESIS;
}

const HERE = import.meta.dirname;

/** Runs schemathesis over the server's description of itself; hooks.py is told of the world. */
export async function schemathesis(world: World, args: string[]): Promise<CommandResult> {
  const child = spawn(
    program(),
    [
      ...['--config-file', path.join(HERE, 'schemathesis.toml')],
      ...['run', `${world.url}/openapi.json`, '--url', world.url, '--no-color', '--request-timeout', '60'],
      ...args,
    ],
    {
      cwd: makeTempFolder('schemathesis'),
      env: commandEnvironment({
        env: {
          KCI_FUZZ_WORLD: JSON.stringify(world),
          SCHEMATHESIS_HOOKS: 'hooks',
          PYTHONPATH: HERE,
          PYTHONDONTWRITEBYTECODE: '1',
        },
      }),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const forget = killAtExit(() => child.kill('SIGKILL'));
  const output = collectOutput(child);
  const code = await exitOf(child).finally(forget);
  return { code, ...output };
}
