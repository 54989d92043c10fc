import { KciError } from '../errors.ts';
import { text, whole } from './parameters.ts';
import { isTable, type SettingsFile, type TomlTable, tableAt } from './settings-file.ts';

const SECOND = 1000;
const DEFAULT_TIMEOUT_SECONDS = 60;
const LONGEST_TIMEOUT_SECONDS = 24 * 3600;

/** Where requests go. */
export interface Api {
  /** Undefined when only an address was given. */
  name: string | undefined;
  url: string;
  version: string;
  timeoutMs: number;
  /** What says so, for messages. */
  from: string;
  /** Whether other commands find the same address without being told. */
  isConfigured: boolean;
}

export interface ApiChoice {
  name: string | undefined;
  /** `--api-url`. */
  url: string | undefined;
  /** YAML paths, and whether they come from the command line, which then goes before the settings file. */
  config: readonly string[];
  configGiven: boolean;
}

/** @throws KciError when no API is chosen, or the chosen one is not described anywhere */
export async function resolveApi(file: SettingsFile, choice: ApiChoice): Promise<Api> {
  const apis = tableAt(file.data, ['kci', 'apis']) ?? {};
  if (choice.url !== undefined) {
    const name = choice.name ?? onlyName(apis);
    const entry = name === undefined ? undefined : tomlEntry(file, apis, name, choice.url);
    return {
      ...defaults(name),
      ...entry,
      url: withSlash(choice.url),
      from: '--api-url',
      isConfigured: false,
    };
  }
  const name = choice.name ?? onlyName(apis) ?? onlyName(await yamlApis(choice.config));
  if (name === undefined) {
    throw new KciError(
      'no API is chosen',
      `run 'kci login', or name one with --api or with api = "…" in [kci] of ${file.path ?? 'kernelci.toml'}`,
    );
  }
  const fromToml = () => tomlEntry(file, apis, name);
  const fromYaml = async () => yamlEntry(await yamlApis(choice.config), name);
  const api = choice.configGiven ? ((await fromYaml()) ?? fromToml()) : (fromToml() ?? (await fromYaml()));
  if (api !== undefined) return api;
  throw new KciError(
    `API config ${name} not found`,
    `write [kci.apis.${name}] with url = "…" into ${file.path ?? 'kernelci.toml'}, add it to the YAML files, or give --api-url`,
  );
}

function defaults(name: string | undefined) {
  return { name, version: 'latest', timeoutMs: DEFAULT_TIMEOUT_SECONDS * SECOND };
}

/** Where just one API is described there is nothing to choose. */
function onlyName(apis: TomlTable): string | undefined {
  const names = Object.keys(apis).filter((name) => isTable(apis[name]));
  return names.length === 1 ? names[0] : undefined;
}

function tomlEntry(file: SettingsFile, apis: TomlTable, name: string, givenUrl?: string): Api | undefined {
  const entry = tableAt(apis, [name]);
  if (entry === undefined) return undefined;
  const section = `[kci.apis.${name}] of ${file.path}`;
  return apiOf(name, { ...entry, ...(givenUrl === undefined ? {} : { url: givenUrl }) }, section, withSlash);
}

async function yamlApis(paths: readonly string[]): Promise<TomlTable> {
  const { readApiConfig } = await import('./yaml-config.ts');
  return readApiConfig(paths) ?? {};
}

function yamlEntry(apis: TomlTable, name: string): Api | undefined {
  const entry = tableAt(apis, [name]);
  // As every reader of these files does: a path in the address counts up to its last slash.
  return entry && apiOf(name, entry, `the YAML entry api.${name}`, (url) => url);
}

function apiOf(name: string, entry: TomlTable, section: string, address: (url: string) => string): Api {
  const read = <T>(key: string, convert: (found: { value: unknown; where: string }) => T, fallback?: T) => {
    if (Object.hasOwn(entry, key)) return convert({ value: entry[key], where: `${key} in ${section}` });
    if (fallback !== undefined) return fallback;
    throw new KciError(`${section} has no ${key}`);
  };
  return {
    name,
    url: address(read('url', text)),
    version: read('version', text, 'latest'),
    timeoutMs: SECOND * read('timeout', whole(1, LONGEST_TIMEOUT_SECONDS), DEFAULT_TIMEOUT_SECONDS),
    from: section,
    isConfigured: true,
  };
}

/** In our own settings the whole path of an address counts. */
export function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
