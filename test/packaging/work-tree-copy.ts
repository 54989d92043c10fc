import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { PROJECT_ROOT } from '../helpers/project.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const LEFT_OUT = new Set(['.git', 'node_modules', 'dist', 'data', '.install-lock']);

/**
 * A copy of the project that shares the installed dependencies but has packages of its own, so that what
 * packing changes for a moment does not meet the other tests.
 * @returns its folder
 */
export function copyWorkTree(): string {
  const copy = path.join(makeTempFolder('copy'), 'project');
  cpSync(PROJECT_ROOT, copy, { recursive: true, filter: (source) => !LEFT_OUT.has(path.basename(source)) });
  const installed = path.join(PROJECT_ROOT, 'node_modules');
  const modules = path.join(copy, 'node_modules');
  mkdirSync(path.join(modules, '@kernelci'), { recursive: true });
  for (const name of readdirSync(installed).filter((entry) => entry !== '@kernelci')) {
    symlinkSync(path.join(installed, name), path.join(modules, name));
  }
  for (const name of ['model', 'client', 'kci', 'server']) {
    symlinkSync(path.join(copy, 'packages', name), path.join(modules, '@kernelci', name));
    linkUnhoisted(name, copy);
  }
  return copy;
}

/** Dependencies that npm installed inside the package, since another one needs another version. */
function linkUnhoisted(name: string, copy: string): void {
  const own = path.join(PROJECT_ROOT, 'packages', name, 'node_modules');
  try {
    readdirSync(own);
  } catch {
    return;
  }
  symlinkSync(own, path.join(copy, 'packages', name, 'node_modules'));
}
