// Starts a package's main module on a Node that can run it. Plain JavaScript for Node 18 and newer.
// The copies in the packages that have a command are identical: neither package depends on the other.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED_MAJOR = 24;
const FORWARDED_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs `run(argv)` of the package whose bin file is `binUrl` and exits with the code it answers.
 * @param {string} command name for messages
 * @param {string} binUrl `import.meta.url` of the bin file
 * @param {string} [main] the module that has `run`, relative to the bin file
 */
export async function launch(command, binUrl, main) {
  const binFile = fileURLToPath(binUrl);
  if (Number.parseInt(process.versions.node, 10) < NEEDED_MAJOR) {
    const node = pinnedNode(path.dirname(binFile));
    if (node === undefined) {
      process.stderr.write(
        `${command}: Node ${NEEDED_MAJOR} or newer is needed, this is Node ${process.versions.node}\n`,
      );
      process.exitCode = 1;
      return;
    }
    runOn(node, [...process.execArgv, binFile, ...process.argv.slice(2)]);
    return;
  }
  hideExperimentalWarnings();
  const folder = path.dirname(binFile);
  keepCompiled(folder);
  const { run } = await import(pathToFileURL(path.resolve(folder, main ?? mainModule(folder))).href);
  process.exitCode = await run(process.argv.slice(2));
}

/** A packed package has its JavaScript in dist; in the work tree Node strips the types itself. */
function mainModule(binFolder) {
  const emitted = '../dist/main.js';
  return existsSync(path.join(binFolder, emitted)) ? emitted : '../src/main.ts';
}

/**
 * Lets Node keep what it compiles, types stripped, so that later starts are quicker. Beside the dependencies and not
 * in a shared temporary folder: what lies there is run, so nobody else may write it. Elsewhere nothing is kept.
 */
function keepCompiled(from) {
  const modules = nearest(from, 'node_modules');
  if (modules === undefined || nodeModule.enableCompileCache === undefined) return;
  nodeModule.enableCompileCache(path.join(modules, '.cache', 'node-compile'));
}

/** The Node that the project pins as a dependency, in the nearest node_modules that has one. */
function pinnedNode(from) {
  return nearest(from, path.join('node_modules', '.bin', 'node'));
}

/** The file or folder of that name in the nearest folder above that has one. */
function nearest(from, name) {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, name);
    if (existsSync(candidate)) return candidate;
    if (path.dirname(folder) === folder) return undefined;
  }
}

function runOn(node, args) {
  const child = spawn(node, args, { stdio: 'inherit' });
  for (const signal of FORWARDED_SIGNALS) process.on(signal, () => forward(child, signal));
  child.on('error', (error) => {
    process.stderr.write(`${node} does not start: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? 1;
      return;
    }
    for (const forwarded of FORWARDED_SIGNALS) process.removeAllListeners(forwarded);
    process.exitCode = 128 + constants.signals[signal];
    process.kill(process.pid, signal);
  });
}

/** On a terminal Ctrl-C reaches the child by itself; a second one could mean "at once" to it. */
function forward(child, signal) {
  if (signal === 'SIGINT' && process.stdin.isTTY) return;
  child.kill(signal);
}

/** Early releases of Node 24 call type stripping and node:sqlite experimental on every start. */
function hideExperimentalWarnings() {
  const printers = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name === 'ExperimentalWarning') return;
    for (const print of printers) print.call(process, warning);
  });
}
