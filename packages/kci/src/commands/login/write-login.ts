import { existsSync } from 'node:fs';
import { lookUp } from '../../settings/lookup.ts';
import { type Change, saveSettings } from '../../settings/save.ts';
import { readSettingsFile } from '../../settings/settings-file.ts';
import { decodeToken } from '../../tokens/decode.ts';
import { describeExpiry } from '../../tokens/describe.ts';
import type { Tokens } from './obtain-tokens.ts';

export interface Login extends Tokens {
  file: string;
  /** Of the API. */
  name: string;
  url: string;
}

/**
 * Writes the settings of a login.
 * @returns what was done, line by line
 */
export function writeLogin(login: Login): string[] {
  const { file, name, url, everyday, admin } = login;
  const present = readSettingsFile(existsSync(file) ? file : undefined);
  const chosen = lookUp(present, [], 'api')?.value;
  const secrets = ['kci', 'secrets', 'api', name];
  const changes: Change[] = [[['kci', 'apis', name, 'url'], url]];
  if (chosen === undefined) changes.unshift([['kci', 'api'], name]);
  if (everyday !== undefined) changes.push([[...secrets, 'token'], everyday]);
  if (admin !== undefined) changes.push([[...secrets, 'tokens', 'admin'], admin]);
  saveSettings(file, changes);
  return [...told(login), ...(chosen === undefined || chosen === name ? [] : [stays(login, String(chosen))])];
}

function told({ file, url, username, everyday, admin }: Login): string[] {
  const lines = [`Logged in to ${url} as ${username}; the settings are in ${file}.`];
  if (everyday !== undefined) lines.push(`Everyday token, valid until ${until(everyday)}`);
  if (admin !== undefined) {
    lines.push(`Admin token, valid until ${until(admin)}: used by 'kci --as admin …' only`);
  }
  return lines;
}

function stays({ name }: Login, chosen: string): string {
  return `The default API stays '${chosen}': use this one with --api ${name}.`;
}

function until(token: string): string {
  return describeExpiry(decodeToken(token) ?? {});
}
