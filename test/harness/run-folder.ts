import { chmodSync, mkdirSync, mkdtempSync, realpathSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface RunFolder {
  path: string;
  /** Where the tests put their temporary files. */
  temp: string;
}

/** A fresh folder for all that the run writes, which users other than its owner can pass through. */
export function makeRunFolder(): RunFolder {
  const base = [tmpdir(), '/tmp', '/var/tmp'].map(realFolder).find(isOpen) ?? tmpdir();
  const folder = mkdtempSync(path.join(base, 'kci-test-'));
  chmodSync(folder, 0o711);
  const temp = path.join(folder, 'tmp');
  mkdirSync(temp);
  return { path: folder, temp };
}

function realFolder(folder: string): string | undefined {
  try {
    return realpathSync(folder);
  } catch {
    return undefined;
  }
}

function isOpen(folder: string | undefined): folder is string {
  if (folder === undefined) return false;
  const open = (statSync(folder).mode & 0o001) !== 0;
  const parent = path.dirname(folder);
  return open && (parent === folder || isOpen(parent));
}
