import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cleanUpAfterFile } from './cleanup.ts';

/** A fresh folder that is removed when the test file ends. */
export function makeTempFolder(name: string): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), `kci-${name}-`)));
  cleanUpAfterFile(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
