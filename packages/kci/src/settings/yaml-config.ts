import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parse, YAMLParseError } from 'yaml';
import { KciError } from '../errors.ts';

const DEFAULT_PATHS = ['config/core', '/etc/kernelci/core'];

/** Configurations hold much that is not about APIs, and parsing it takes long. */
const MAY_HAVE_APIS = /(^|[{,\s])["']?api["']?\s*:/m;

type Mapping = Record<string, unknown>;

/**
 * The `api` sections of the YAML configuration, merged; later files win.
 * @param paths files and folders; none: the first of the default folders that exists
 * @returns undefined when no file has such a section
 * @throws KciError when a path does not exist or a file is not YAML
 */
export function readApiConfig(paths: readonly string[]): Mapping | undefined {
  const given = paths.length > 0 ? paths : DEFAULT_PATHS.filter((folder) => existsSync(folder)).slice(0, 1);
  let merged: Mapping | undefined;
  for (const file of given.flatMap(yamlFiles)) {
    const section = apiSection(file);
    if (section !== undefined) merged = merge(merged ?? {}, section);
  }
  return merged;
}

function yamlFiles(given: string): string[] {
  const stat = statSync(given, { throwIfNoEntry: false });
  if (stat === undefined) throw new KciError(`the configuration ${given} does not exist`);
  if (!stat.isDirectory()) return [given];
  return readdirSync(given, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isDirectory() && /\.ya?ml$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

function apiSection(file: string): Mapping | undefined {
  let document: unknown;
  try {
    const content = readFileSync(file, 'utf8');
    if (!MAY_HAVE_APIS.test(content)) return undefined;
    document = parse(content, { merge: true, logLevel: 'error' });
  } catch (error) {
    if (!(error instanceof YAMLParseError)) {
      throw new KciError(`the configuration ${file} cannot be read: ${(error as Error).message}`);
    }
    const [reason = 'not YAML'] = error.message.split('\n');
    throw new KciError(`${file}: ${reason.replace(/:$/, '')}`);
  }
  if (!isMapping(document) || !isMapping(document.api)) return undefined;
  return document.api;
}

function merge(base: Mapping, over: Mapping): Mapping {
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over)) {
    const present = merged.get(key);
    merged.set(key, isMapping(present) && isMapping(value) ? merge(present, value) : value);
  }
  return Object.fromEntries(merged);
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
