import { closeSync, existsSync, fchmodSync, fsyncSync, linkSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/** Such files hold password hashes: nobody but their owner reads them. */
const MODE = 0o600;

function sync(path: string): void {
  const descriptor = openSync(path, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/**
 * Makes a file that only its owner may read. Under its own name it appears when it is whole, and never in place of
 * another. `write` gets the name of an empty file.
 */
export async function makePrivateFile(file: string, write: (path: string) => Promise<void>): Promise<void> {
  if (existsSync(file)) throw new Error(`${file} is there already: name another file, or remove it`);
  const unfinished = `${file}.part`;
  rmSync(unfinished, { force: true });
  const descriptor = openSync(unfinished, 'wx', MODE);
  fchmodSync(descriptor, MODE);
  closeSync(descriptor);
  try {
    await write(unfinished);
    sync(unfinished);
    linkSync(unfinished, file);
    sync(dirname(file));
  } finally {
    rmSync(unfinished, { force: true });
  }
}
