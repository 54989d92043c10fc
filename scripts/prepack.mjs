// Runs in a package's folder before `npm pack`: emits JavaScript into dist and points package.json there,
// because Node does not strip types under node_modules. `postpack.mjs` undoes it.
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MANIFEST_BACKUP, restoreWorkTree } from './restore-work-tree.mjs';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

restoreWorkTree();
copyFileSync('package.json', MANIFEST_BACKUP);
emit('dist');
copyFileSync(path.join(ROOT, 'LICENSE'), 'LICENSE');
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
writeFileSync('package.json', `${JSON.stringify(forPacking(manifest), undefined, 2)}\n`);

/** The compiler sees the whole workspace at once; this package takes its part of the result. */
function emit(target) {
  const output = mkdtempSync(path.join(tmpdir(), 'kci-emit-'));
  try {
    const tsc = path.join(ROOT, 'node_modules/.bin/tsc');
    const args = ['-p', path.join(ROOT, 'tsconfig.pack.json'), '--outDir', output];
    const { status } = spawnSync(tsc, args, { stdio: ['ignore', 2, 2] });
    if (status !== 0) {
      restoreWorkTree();
      process.exit(1);
    }
    cpSync(path.join(output, path.relative(ROOT, process.cwd()), 'src'), target, { recursive: true });
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}

/** `./src/x.ts` becomes `./dist/x.js` with its types; what only the repository needs goes. */
function forPacking({ scripts: _, ...rest }) {
  const exports = Object.entries(rest.exports).map(([name, source]) => {
    const emitted = source.replace(/^\.\/src\//, './dist/').replace(/\.ts$/, '');
    return [name, { types: `${emitted}.d.ts`, default: `${emitted}.js` }];
  });
  return {
    ...rest,
    exports: Object.fromEntries(exports),
    files: rest.files.filter((file) => file !== 'src'),
  };
}
