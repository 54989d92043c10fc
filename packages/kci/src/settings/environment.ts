import { homedir, hostname } from 'node:os';

/** What the environment says; read here and nowhere else. */
export interface Environment {
  home: string;
  /** Name of this machine. */
  host: string;
  /** KCI_SETTINGS: a settings file that takes the place of the usual ones. */
  settingsFile: string | undefined;
  /** KCI_API_TOKEN: a token that takes the place of the configured one. */
  token: string | undefined;
}

export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  return {
    home: homedir(),
    host: hostname(),
    settingsFile: variables.KCI_SETTINGS || undefined,
    token: variables.KCI_API_TOKEN || undefined,
  };
}
