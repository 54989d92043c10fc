import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

const FILE = 'secret_key';

function sync(path: string): void {
  const descriptor = openSync(path, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/** Under its own name the file appears whole, and once: of several processes that start, one makes the key. */
function createKey(dataDir: string, file: string): void {
  const unfinished = `${file}.${process.pid}`;
  const descriptor = openSync(unfinished, 'w', 0o600);
  writeSync(descriptor, `${randomBytes(48).toString('base64url')}\n`);
  fsyncSync(descriptor);
  closeSync(descriptor);
  try {
    linkSync(unfinished, file);
    sync(dataDir);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(unfinished);
  }
}

/** The key kept in the data folder, made at the first call. Only its owner may read the file. */
export function loadOrCreateSecretKey(dataDir: string): string {
  const file = join(dataDir, FILE);
  if (!existsSync(file)) createKey(dataDir, file);
  const key = readFileSync(file, 'utf8').trim();
  if (key === '') throw new Error(`${file} is empty: remove it, or set SECRET_KEY`);
  return key;
}
