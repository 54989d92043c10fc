// Installs the pinned dependencies when they are missing or stale. Runs on Node 18 and newer, before
// anything is installed, so it uses nothing but Node.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { withInstallLock } from './install-lock.mjs';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const NODE = path.join(ROOT, 'node_modules', '.bin', 'node');

/** Makes `node_modules` agree with the lock file. Ends the process with a message when that fails. */
export async function ensureInstalled() {
  if (isInstalled()) return;
  await withInstallLock(path.join(ROOT, '.install-lock'), async () => {
    if (isInstalled()) return;
    process.stderr.write('Installing dependencies…\n');
    const { ok, output } = await npmCi();
    if (ok && isInstalled()) return;
    process.stderr.write(output);
    process.stderr.write(`Installing the dependencies failed. ${hint(ok)}\n`);
    process.exit(1);
  });
}

/** True when every package that the lock file wants on this platform is there in its version. */
export function isInstalled() {
  const wanted = packagesIn('package-lock.json');
  const installed = packagesIn('node_modules/.package-lock.json');
  if (wanted === undefined || installed === undefined || !existsSync(NODE)) return false;
  return Object.entries(wanted).every(([place, entry]) => {
    if (place === '') return true;
    const found = installed[place];
    if (found === undefined) return mayBeAbsent(entry);
    return found.version === entry.version && found.integrity === entry.integrity && binsLinked(place, entry);
  });
}

function packagesIn(lockFile) {
  try {
    return JSON.parse(readFileSync(path.join(ROOT, lockFile), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** npm links the commands of our own packages only if they exist when it installs. */
function binsLinked(place, entry) {
  if (place.startsWith('node_modules/')) return existsSync(path.join(ROOT, place));
  return Object.keys(entry.bin ?? {}).every((name) =>
    existsSync(path.join(ROOT, 'node_modules', '.bin', name)),
  );
}

/** Packages for other platforms, and what only those need, which the lock file marks as optional alone. */
function mayBeAbsent({ optional, os, cpu, libc }) {
  if (optional !== true) return false;
  if (os === undefined && cpu === undefined) return true;
  const fits = (list, actual) => list === undefined || list.includes(actual);
  const fitsMachine = fits(os, process.platform) && fits(cpu, process.arch);
  return !(fitsMachine && (libc === undefined || libc.includes(libcOf())));
}

let libcFamily;
function libcOf() {
  libcFamily ??= process.report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
  return libcFamily;
}

function npmCi() {
  return new Promise((resolve) => {
    // Development and optional packages hold the pinned Node and the native parts, whatever NODE_ENV says.
    const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
    const npm = spawn('npm', args, {
      cwd: ROOT,
      env: environmentForNpm(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks = [];
    npm.stdout.on('data', (chunk) => chunks.push(chunk));
    npm.stderr.on('data', (chunk) => chunks.push(chunk));
    const forward = (signal) => npm.kill(signal);
    process.once('SIGINT', forward).once('SIGTERM', forward);
    npm.on('error', (error) => resolve({ ok: false, output: `npm does not start: ${error.message}\n` }));
    npm.on('close', (code) => {
      process.off('SIGINT', forward).off('SIGTERM', forward);
      resolve({ ok: code === 0, output: Buffer.concat(chunks).toString() });
    });
  });
}

/** npm must not run on the Node inside the folder that it is about to replace. */
function environmentForNpm() {
  const inNodeModules = (folder) => folder.split(path.sep).includes('node_modules');
  const kept = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => !inNodeModules(folder));
  return { ...process.env, PATH: kept.join(path.delimiter) };
}

function hint(npmSucceeded) {
  if (!npmSucceeded) {
    return "npm's output is above; mend its cause (no network, proxy, full disk) and start again, or run `npm ci`.";
  }
  return 'npm ended well, yet packages are missing: is `ignore-scripts` set in the npm configuration? Unset it and run `npm ci`.';
}
