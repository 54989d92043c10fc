// Pinned programs in Python, each in a virtual environment below node_modules, where it stays for the next time.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from '../packages/server/bin/launch.mjs';
import { ensureInstalled } from './ensure-install.mjs';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/**
 * Installs what is missing, the program too, and runs the tests that want it.
 * @param {{ name: string, requirements: string, oldest: [number, number], script: string, variable: string }} tool
 *   its name, the file with its pinned packages, the oldest Python that it takes, who wants it, and the variable in
 *   which the tests find it
 */
export async function testWith(tool) {
  await ensureInstalled();
  process.env[tool.variable] = ensurePythonTool(tool);
  await launch(tool.script, import.meta.url, '../test/harness/main.ts');
}

/**
 * Installs the program if it is not there. Ends the process with a message when that fails.
 * @returns {string} the program
 */
function ensurePythonTool({ name, requirements, oldest, script }) {
  const fail = (message) => {
    process.stderr.write(`${script}: ${message}\n`);
    process.stdout.write('0 passed, 1 failed\n');
    process.exit(1);
  };
  const run = (trouble, command, args) => {
    const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0) fail(`${trouble}: ${error?.message ?? ''}\n${stdout ?? ''}${stderr ?? ''}`);
  };
  const folder = path.join(ROOT, 'node_modules/.cache', name);
  const mark = path.join(folder, 'complete');
  const program = path.join(folder, 'bin', name);
  const list = path.join(ROOT, requirements);
  const python = process.env.PYTHON || 'python3';
  const wanted = `${pythonVersion(python, oldest, fail)}\n${readFileSync(list, 'utf8')}`;
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return program;
  process.stderr.write(`Installing ${name}…\n`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(path.dirname(folder), { recursive: true });
  run('the virtual environment cannot be made', python, ['-m', 'venv', folder]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input'];
  run(`${name} cannot be installed`, path.join(folder, 'bin/python'), [...pip, '-r', list]);
  run(`${name} does not start`, program, ['--version']);
  writeFileSync(mark, wanted);
  return program;
}

function pythonVersion(python, [oldestMajor, oldestMinor], fail) {
  const { status, stdout } = spawnSync(
    python,
    ['-c', 'import ensurepip, sys, venv; print(*sys.version_info[:3], sep=".")'],
    { encoding: 'utf8' },
  );
  const version = status === 0 ? stdout.trim() : '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return version;
  const found = version === '' ? `${python} is not there or lacks venv` : `${python} is Python ${version}`;
  return fail(
    `these tests need Python ${oldestMajor}.${oldestMinor} or newer with venv (on Debian: apt-get install ` +
      `python3-venv), but ${found}; PYTHON=/path/to/python3 names another`,
  );
}
