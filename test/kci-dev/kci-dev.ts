import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { killAtExit } from '../helpers/cleanup.ts';
import { collectOutput, exitOf } from '../helpers/process-output.ts';
import { type CommandResult, commandEnvironment } from '../helpers/run-command.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

/** What kci-dev is told of an installation. */
export interface Instance {
  api: string;
  pipeline?: string;
  dashboard?: string;
  /** Goes out as it is, without `Bearer`. */
  token?: string;
}

/** kci-dev with its settings in a folder of its own. */
export type KciDev = (...args: string[]) => Promise<CommandResult>;

/** Where `npm run test:kci-dev` has put the program. */
function program(): string {
  const { KCI_DEV } = process.env;
  if (KCI_DEV === undefined) throw new Error('KCI_DEV does not name the program: use npm run test:kci-dev');
  return KCI_DEV;
}

export function kciDev(instance: Instance): KciDev {
  const cwd = makeTempFolder('kci-dev');
  const home = makeTempFolder('home');
  const {
    api,
    pipeline = 'http://127.0.0.1:9/',
    dashboard = 'http://127.0.0.1:9/api/',
    token = 'none',
  } = instance;
  const settings = { pipeline, api, token, dashboard_api: dashboard };
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  writeFileSync(
    path.join(cwd, '.kci-dev.toml'),
    ['default_instance = "ours"', '[ours]', ...lines, ''].join('\n'),
  );
  return async (...args) => {
    const child = spawn(program(), args, {
      cwd,
      env: commandEnvironment({ home }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const forget = killAtExit(() => child.kill('SIGKILL'));
    const output = collectOutput(child);
    const code = await exitOf(child).finally(forget);
    return { code, ...output };
  };
}
