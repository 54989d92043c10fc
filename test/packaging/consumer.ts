import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PROJECT_ROOT } from '../helpers/project.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { npm } from './npm.ts';

export const PACKAGES = ['model', 'client', 'kci', 'server'] as const;

export interface Manifest {
  name: string;
  version: string;
  exports: Record<string, string | Record<string, string>>;
  bin?: Record<string, string>;
  scripts?: Record<string, string>;
}

interface Lock {
  packages: Record<string, { link?: boolean; dev?: boolean }>;
}

export function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
}

/**
 * A project of somebody who installs our tarballs. Its lock file starts from ours, so that what comes from
 * elsewhere is what we have tested, and mostly in npm's cache.
 * @returns its folder
 */
export async function installTarballs(tarballs: string[]): Promise<string> {
  const folder = makeTempFolder('consumer');
  const lock = JSON.parse(readFileSync(path.join(PROJECT_ROOT, 'package-lock.json'), 'utf8')) as Lock;
  const others = Object.entries(lock.packages).filter(
    ([place, entry]) => place.startsWith('node_modules/') && entry.link !== true,
  );
  const dependencies = Object.fromEntries(tarballs.map((file) => [packageOf(file), `file:${file}`]));
  const project = { name: 'consumer', version: '1.0.0', private: true, type: 'module', dependencies };
  const seed = { ...project, lockfileVersion: 3, requires: true, packages: Object.fromEntries(others) };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(project));
  writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify(seed));
  await npm('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], folder);
  return folder;
}

/** `kernelci-kci-0.1.0.tgz` holds `@kernelci/kci`. */
function packageOf(tarball: string): string {
  const name = /^kernelci-([a-z]+)-/.exec(path.basename(tarball))?.[1];
  return `@kernelci/${name}`;
}
