import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PROJECT_ROOT } from '../helpers/project.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const MAIN =
  "import { ensureInstalled } from './ensure-install.mjs';\nawait ensureInstalled();\nconsole.log('installed');\n";

/**
 * A project with our install scripts and dependencies that need no registry: `node`, which is the Node that
 * runs the tests, and `greeting`; and with a workspace that has a command.
 * @returns its folder; `scripts/main.mjs` installs and then prints `installed`
 */
export function makeSmallProject(): string {
  const root = makeTempFolder('project');
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text, { mode: 0o755 });
  };
  for (const script of ['ensure-install.mjs', 'install-lock.mjs']) {
    cpSync(path.join(PROJECT_ROOT, 'scripts', script), path.join(root, 'scripts', script));
  }
  write('scripts/main.mjs', MAIN);
  write(
    'deps/node/package.json',
    JSON.stringify({ name: 'node', version: '24.0.0', bin: { node: 'bin/node' } }),
  );
  mkdirSync(path.join(root, 'deps/node/bin'));
  symlinkSync(process.execPath, path.join(root, 'deps/node/bin/node'));
  write('deps/greeting/package.json', JSON.stringify({ name: 'greeting', version: '1.0.0' }));
  write('tool/package.json', JSON.stringify({ name: 'tool', version: '1.0.0', bin: { tool: 'tool.mjs' } }));
  write('tool/tool.mjs', '#!/usr/bin/env node\n');
  writeLock(root, '1.0.0');
  return root;
}

/** Writes package.json and package-lock.json as if `greeting` were wanted in this version. */
export function writeLock(root: string, greeting: string): void {
  const dependencies = { node: 'file:deps/node', greeting: 'file:deps/greeting' };
  const project = { name: 'small', version: '1.0.0', workspaces: ['tool'], dependencies };
  const packages = {
    '': project,
    'deps/greeting': { name: 'greeting', version: greeting },
    'deps/node': { name: 'node', version: '24.0.0', bin: { node: 'bin/node' } },
    'node_modules/greeting': { resolved: 'deps/greeting', link: true },
    'node_modules/node': { resolved: 'deps/node', link: true },
    'node_modules/tool': { resolved: 'tool', link: true },
    tool: { version: '1.0.0', bin: { tool: 'tool.mjs' } },
  };
  const lock = { name: 'small', version: '1.0.0', lockfileVersion: 3, requires: true, packages };
  writeFileSync(path.join(root, 'package.json'), JSON.stringify(project));
  writeFileSync(path.join(root, 'package-lock.json'), JSON.stringify(lock));
  writeFileSync(
    path.join(root, 'deps/greeting/package.json'),
    JSON.stringify({ name: 'greeting', version: greeting }),
  );
}
