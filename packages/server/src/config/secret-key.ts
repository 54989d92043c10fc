import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'secret_key';

/** The key kept in the data folder, made at the first call. Only its owner may read the file. */
export function loadOrCreateSecretKey(dataDir: string): string {
  const file = join(dataDir, FILE);
  try {
    const descriptor = openSync(file, 'wx', 0o600);
    writeSync(descriptor, `${randomBytes(48).toString('base64url')}\n`);
    fsyncSync(descriptor);
    closeSync(descriptor);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const key = readFileSync(file, 'utf8').trim();
  if (key === '') throw new Error(`${file} is empty: remove it, or set SECRET_KEY`);
  return key;
}
