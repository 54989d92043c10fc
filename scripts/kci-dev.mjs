// The pinned kci-dev in a virtual environment below node_modules, where it stays for the next time.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const REQUIREMENTS = path.join(ROOT, 'test/kci-dev/requirements.txt');
const FOLDER = path.join(ROOT, 'node_modules/.cache/kci-dev');
const MARK = path.join(FOLDER, 'complete');
const PROGRAM = path.join(FOLDER, 'bin/kci-dev');
/** The oldest Python that kci-dev takes. */
const [MAJOR, MINOR] = [3, 10];

/**
 * Installs kci-dev if it is not there. Ends the process with a message when that fails.
 * @returns the program
 */
export function ensureKciDev() {
  const python = process.env.PYTHON || 'python3';
  const wanted = `${pythonVersion(python)}\n${readFileSync(REQUIREMENTS, 'utf8')}`;
  if (existsSync(MARK) && readFileSync(MARK, 'utf8') === wanted) return PROGRAM;
  process.stderr.write('Installing kci-dev…\n');
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(path.dirname(FOLDER), { recursive: true });
  run('the virtual environment cannot be made', python, ['-m', 'venv', FOLDER]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input'];
  run('kci-dev cannot be installed', path.join(FOLDER, 'bin/python'), [...pip, '-r', REQUIREMENTS]);
  run('kci-dev does not start', PROGRAM, ['--version']);
  writeFileSync(MARK, wanted);
  return PROGRAM;
}

function pythonVersion(python) {
  const { status, stdout } = spawnSync(
    python,
    ['-c', 'import ensurepip, sys, venv; print(*sys.version_info[:3], sep=".")'],
    { encoding: 'utf8' },
  );
  const version = status === 0 ? stdout.trim() : '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > MAJOR || (major === MAJOR && minor >= MINOR)) return version;
  const found = version === '' ? `${python} is not there or lacks venv` : `${python} is Python ${version}`;
  return fail(
    `these tests need Python ${MAJOR}.${MINOR} or newer with venv (on Debian: apt-get install python3-venv), but ` +
      `${found}; PYTHON=/path/to/python3 names another`,
  );
}

function run(trouble, command, args) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) fail(`${trouble}: ${error?.message ?? ''}\n${stdout ?? ''}${stderr ?? ''}`);
}

function fail(message) {
  process.stderr.write(`npm run test:kci-dev: ${message}\n`);
  process.stdout.write('0 passed, 1 failed\n');
  process.exit(1);
}
