import { readFileSync, statSync } from 'node:fs';
import { parse, TomlError } from 'smol-toml';
import { KciError } from '../errors.ts';

export type TomlTable = Record<string, unknown>;

export interface SettingsFile {
  /** As the user would name it; undefined when there is no settings file. */
  path: string | undefined;
  data: TomlTable;
}

const OTHERS = 0o077;

/** @throws KciError when it cannot be read or is not TOML */
export function readSettingsFile(path: string | undefined): SettingsFile {
  if (path === undefined) return { path, data: {} };
  try {
    return { path, data: parse(readFileSync(path, 'utf8')) };
  } catch (error) {
    if (error instanceof TomlError) {
      const [reason = 'not TOML'] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
      throw new KciError(`${path}, line ${error.line}, column ${error.column}: ${reason}`);
    }
    throw new KciError(`the settings file ${path} cannot be read: ${(error as Error).message}`);
  }
}

/** Whether other users of the machine can read or change the file. */
export function isOpenToOthers(path: string): boolean {
  return process.platform !== 'win32' && (statSync(path).mode & OTHERS) !== 0;
}

/** The table at a path of names; undefined when there is none. */
export function tableAt(table: TomlTable, names: readonly string[]): TomlTable | undefined {
  let current: unknown = table;
  for (const name of names) {
    if (!isTable(current) || !Object.hasOwn(current, name)) return undefined;
    current = current[name];
  }
  return isTable(current) ? current : undefined;
}

export function isTable(value: unknown): value is TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
