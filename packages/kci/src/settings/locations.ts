import { existsSync } from 'node:fs';
import path from 'node:path';
import { KciError } from '../errors.ts';
import { type Environment, SETTINGS_VARIABLE } from './environment.ts';

export const SYSTEM_FILE = '/etc/kernelci/kernelci.toml';
export const LOCAL_FILE = 'kernelci.toml';

export function userFile(environment: Environment): string {
  return path.join(environment.home, '.config', 'kernelci', 'kernelci.toml');
}

/**
 * The settings file to use: the one that is named, else the first that exists.
 * @param named `--toml-settings`
 * @returns undefined when there is none
 * @throws KciError when the named one does not exist
 */
export function findSettingsFile(named: string | undefined, environment: Environment): string | undefined {
  const file = namedFile(named, environment);
  if (file === undefined) {
    return [LOCAL_FILE, userFile(environment), SYSTEM_FILE].find((candidate) => existsSync(candidate));
  }
  if (existsSync(file)) return file;
  const by = named === undefined ? SETTINGS_VARIABLE : '--toml-settings';
  throw new KciError(`the settings file ${file} does not exist`, `${by} names it; 'kci login' can write one`);
}

export function namedFile(named: string | undefined, environment: Environment): string | undefined {
  return named ?? environment.settingsFile;
}
