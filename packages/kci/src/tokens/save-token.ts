import { existsSync } from 'node:fs';
import { settingsName } from '../arguments/names.ts';
import { KciError, UsageError } from '../errors.ts';
import type { Factory } from '../factory.ts';
import type { Api } from '../settings/apis.ts';
import { findSettingsFile, LOCAL_FILE, SYSTEM_FILE } from '../settings/locations.ts';
import { type Change, saveSettings } from '../settings/save.ts';

/** Where a token of an API would be saved. */
export interface TokenShelf {
  file: string;
  api: Api & { name: string };
}

/**
 * Finds the settings file in use, or the one to create, before a token is made in vain.
 * @throws UsageError or KciError when there is no place for it
 */
export async function tokenShelf(factory: Factory, name: string | undefined): Promise<TokenShelf> {
  if (name !== undefined) settingsName(name);
  const api = await factory.api();
  if (api.name === undefined) throw new UsageError('--save needs the name of the API: give --api too');
  settingsName(api.name);
  const file = findSettingsFile(factory.options.tomlSettings, factory.environment) ?? LOCAL_FILE;
  if (file === SYSTEM_FILE) {
    throw new KciError(
      `${SYSTEM_FILE} is for all users of this machine, so no token is saved there`,
      "'kci login --global' writes a file of your own",
    );
  }
  return { file, api: { ...api, name: api.name } };
}

/**
 * Saves a token, as the everyday one or under a name.
 * @returns what was written, for people
 */
export function shelveToken({ file, api }: TokenShelf, token: string, name: string | undefined): string {
  const key = name === undefined ? ['token'] : ['tokens', name];
  const changes: Change[] = [[['kci', 'secrets', 'api', api.name, ...key], token]];
  if (!existsSync(file)) {
    changes.unshift([['kci', 'api'], api.name], [['kci', 'apis', api.name, 'url'], api.url]);
  }
  saveSettings(file, changes);
  return `api.${api.name}.${key.join('.')} in [kci.secrets] of ${file}`;
}
