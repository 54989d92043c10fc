import { existsSync, renameSync, rmSync } from 'node:fs';

/** Where the package's own package.json waits while the one for packing stands in its place. */
export const MANIFEST_BACKUP = '.package.json.before-pack';

/**
 * Takes back what packing did in the package's folder, which is the current one; also after a pack that
 * was broken off. In the work tree the commands must find src, never an old dist.
 */
export function restoreWorkTree() {
  rmSync('dist', { recursive: true, force: true });
  rmSync('LICENSE', { force: true });
  if (existsSync(MANIFEST_BACKUP)) renameSync(MANIFEST_BACKUP, 'package.json');
}
