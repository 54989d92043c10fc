import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parse as parseForPatch, patch, TomlFormat } from '@decimalturn/toml-patch';
import { parse } from 'smol-toml';
import { KciError } from '../errors.ts';
import { replaceFile } from '../io/replace-file.ts';
import { isTable, readSettingsFile, type TomlTable } from './settings-file.ts';

/** A value to write and the names that lead to it. */
export type Change = readonly [path: readonly string[], value: string];

const OWNER_ONLY = 0o600;
/** Sections are written as `[a.b.c]` down to this depth, and inline below it. */
const SECTION_DEPTH = 4;

/**
 * Writes values into a settings file, whole or not at all, readable by its owner only. Comments and other settings of
 * an existing file stay.
 * @throws KciError when the file cannot be read, changed or written
 */
export function saveSettings(file: string, changes: readonly Change[]): void {
  const present = existsSync(file);
  const content = present ? changed(file, changes) : fresh(changes);
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    replaceFile(present ? realpathSync(file) : file, content, OWNER_ONLY);
  } catch (error) {
    throw new KciError(`the settings file ${file} cannot be written: ${(error as Error).message}`);
  }
}

function changed(file: string, changes: readonly Change[]): string {
  const wanted = readSettingsFile(file).data;
  for (const change of changes) set(wanted, change, file);
  const before = readFileSync(file, 'utf8');
  // Sections at the end are what a person would add; they are valid when the file has none of them yet.
  for (const attempt of [appended, patched]) {
    const after = attempt(before, changes, file);
    if (parsesTo(after, wanted)) return after;
  }
  throw new KciError(`${file} is written in a way that cannot be changed safely`, 'add the lines by hand');
}

function appended(before: string, changes: readonly Change[]): string {
  const lineEnd = before.includes('\r\n') ? '\r\n' : '\n';
  return [before.trimEnd(), ...sections(changes), ''].join(lineEnd);
}

function patched(before: string, changes: readonly Change[], file: string): string {
  // Its date types are its own, so it gets the values that it has read itself.
  const wanted: TomlTable = parseForPatch(before);
  for (const change of changes) set(wanted, change, file);
  const format = TomlFormat.autoDetectFormat(before);
  format.inlineTableStart = SECTION_DEPTH;
  // Both are new in TOML 1.1, which other readers of these files need not know.
  format.trailingComma = false;
  format.multilineTable = false;
  return patch(before, wanted, format);
}

function parsesTo(toml: string, wanted: TomlTable): boolean {
  try {
    return isDeepStrictEqual(parse(toml), wanted);
  } catch {
    return false;
  }
}

function set(table: TomlTable, [names, value]: Change, file: string): void {
  let current = table;
  for (const name of names.slice(0, -1)) {
    // Like the tables of the parser, without what objects have anyway.
    if (!Object.hasOwn(current, name)) current[name] = Object.create(null);
    const next = current[name];
    if (!isTable(next))
      throw new KciError(`${name} in ${file} is not a table, so nothing can be put into it`);
    current = next;
  }
  current[names.at(-1) ?? ''] = value;
}

function fresh(changes: readonly Change[]): string {
  return ['# Settings of kci, the command line of the KernelCI API.', ...sections(changes), ''].join('\n');
}

/** The changes as lines of sections, in the style of the documentation. */
function sections(changes: readonly Change[]): string[] {
  const lines: string[] = [];
  let open = '';
  for (const [names, value] of changes) {
    const depth = sectionDepth(names);
    const section = names.slice(0, depth).map(tomlKey).join('.');
    if (section !== open) lines.push('', `[${section}]`);
    open = section;
    lines.push(`${names.slice(depth).map(tomlKey).join('.')} = ${JSON.stringify(value)}`);
  }
  return lines;
}

/** Secrets stand together in one section, everything else in the section of its own. */
function sectionDepth(names: readonly string[]): number {
  return names[1] === 'secrets' ? 2 : names.length - 1;
}

function tomlKey(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name);
}
