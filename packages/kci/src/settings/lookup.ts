import { isTable, type SettingsFile, tableAt } from './settings-file.ts';

export interface Found {
  value: unknown;
  /** For messages: `indent in [kci.user] of kernelci.toml`. */
  where: string;
}

/**
 * A setting of a command: from the deepest section that has it, of `[kci.user.find]`, `[kci.user]`, `[kci]` and the
 * top of the file for `kci user find`.
 */
export function lookUp(file: SettingsFile, command: readonly string[], key: string): Found | undefined {
  const path = ['kci', ...command];
  for (let depth = path.length; depth >= 0; depth--) {
    const section = path.slice(0, depth);
    const table = tableAt(file.data, section);
    // A table is a section below, such as [kci.api] of `kci api …`, and no setting.
    if (table === undefined || !Object.hasOwn(table, key) || isTable(table[key])) continue;
    const place = depth === 0 ? 'at the top' : `in [${section.join('.')}]`;
    return { value: table[key], where: `${key} ${place} of ${file.path}` };
  }
  return undefined;
}
