import { KciError } from '../errors.ts';
import { isTable, type SettingsFile, tableAt } from './settings-file.ts';

/** The token that goes with requests. */
export interface ChosenToken {
  token: string;
  /** The name it was asked for by; undefined for the everyday one. */
  name: string | undefined;
  /** What says so, for messages. */
  from: string;
}

/** The tokens of one API: `api.<api>.token` and `api.<api>.tokens.<name>` in `[kci.secrets]`. */
export interface ApiSecrets {
  everyday: string | undefined;
  named: ReadonlyMap<string, string>;
}

/** @throws KciError when something there is not a token */
export function apiSecrets(file: SettingsFile, api: string | undefined): ApiSecrets {
  const table = api === undefined ? undefined : tableAt(file.data, ['kci', 'secrets', 'api', api]);
  const place = (key: string) => secretPlace(file, api, key);
  const named = new Map<string, string>();
  for (const [name, value] of Object.entries(tableAt(table ?? {}, ['tokens']) ?? {})) {
    named.set(name, checked(value, place(`tokens.${name}`)));
  }
  const everyday = table !== undefined && Object.hasOwn(table, 'token') ? table.token : undefined;
  return { everyday: everyday === undefined ? undefined : checked(everyday, place('token')), named };
}

/**
 * @param as name of the token that is asked for; undefined or empty: the everyday one
 * @returns undefined when no everyday token is configured
 * @throws KciError when there is none of that name
 */
export function chooseToken(
  file: SettingsFile,
  api: string | undefined,
  as: string | undefined,
): ChosenToken | undefined {
  const { everyday, named } = apiSecrets(file, api);
  if (as === undefined || as === '') {
    return everyday === undefined
      ? undefined
      : { token: everyday, name: undefined, from: secretPlace(file, api, 'token') };
  }
  const token = named.get(as);
  if (token !== undefined) return { token, name: as, from: secretPlace(file, api, `tokens.${as}`) };
  const names = [...named.keys()];
  throw new KciError(
    `there is no token named '${as}' for API '${api ?? ''}'`,
    names.length === 0
      ? `'kci user token USERNAME --save ${as}' makes one and saves it`
      : `there is: ${names.join(', ')}; 'kci user token USERNAME --save ${as}' makes one and saves it`,
  );
}

/** `api.early-access.token in [kci.secrets] of kernelci.toml`. */
export function secretPlace(file: SettingsFile, api: string | undefined, key: string): string {
  return `api.${api ?? '…'}.${key} in [kci.secrets] of ${file.path ?? 'kernelci.toml'}`;
}

export function hasSecrets(file: SettingsFile): boolean {
  return isTable(tableAt(file.data, ['kci', 'secrets']));
}

/** @throws KciError when it cannot be sent as a token */
export function checked(value: unknown, place: string): string {
  const token = typeof value === 'string' ? value.trim() : '';
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new KciError(`${place} is not a token: it has to be one word in quotes`);
}
