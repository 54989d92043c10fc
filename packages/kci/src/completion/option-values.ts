import type { Option } from 'commander';
import type { Factory } from '../factory.ts';
import type { Candidate } from './candidates.ts';

/** What an option may be set to; empty when anything may. */
export async function optionValues(factory: Factory, option: Option): Promise<Candidate[] | 'files'> {
  switch (option.attributeName()) {
    case 'tomlSettings':
    case 'yamlConfig':
    case 'cursor':
    case 'secretFile':
      return 'files';
    case 'api':
      return named(await apiNames(factory));
    case 'as':
      return named(await tokenNames(factory));
    case 'sort':
      return named((await import('./argument-values.ts')).SORT_FIELDS);
    case 'scope':
      return named((await import('@kernelci/model')).SCOPES);
    case 'by':
      return named((await import('@kernelci/model')).TELEMETRY_GROUP_FIELDS);
    default:
      return named(option.argChoices ?? []);
  }
}

function named(values: readonly string[]): Candidate[] {
  return values.map((value) => ({ value, meaning: '' }));
}

async function apiNames(factory: Factory): Promise<string[]> {
  const { tableAt } = await import('../settings/settings-file.ts');
  const { data } = await factory.settings();
  const inToml = [tableAt(data, ['kci', 'apis']), tableAt(data, ['kci', 'secrets', 'api'])];
  const { readApiConfig } = await import('../settings/yaml-config.ts');
  const inYaml = readApiConfig(factory.options.yamlConfig ?? []);
  return [...new Set([...inToml, inYaml].flatMap((table) => Object.keys(table ?? {})))].sort();
}

async function tokenNames(factory: Factory): Promise<string[]> {
  const { apiSecrets } = await import('../settings/secrets.ts');
  const { name } = await factory.api();
  return [...apiSecrets(await factory.settings(), name).named.keys()].sort();
}
