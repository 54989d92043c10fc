import { homedir, hostname } from 'node:os';

export const SETTINGS_VARIABLE = 'KCI_SETTINGS';
export const TOKEN_VARIABLE = 'KCI_API_TOKEN';

/** What the environment says; read here and nowhere else. */
export interface Environment {
  home: string;
  /** Name of this machine. */
  host: string;
  /** A settings file that takes the place of the usual ones. */
  settingsFile: string | undefined;
  /** A token that takes the place of the configured one. */
  token: string | undefined;
}

export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  return {
    home: homedir(),
    host: hostname(),
    settingsFile: variables[SETTINGS_VARIABLE] || undefined,
    token: variables[TOKEN_VARIABLE] || undefined,
  };
}
