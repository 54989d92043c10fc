import assert from 'node:assert/strict';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { PROJECT_ROOT } from '../helpers/project.ts';
import { runBin } from '../helpers/run-command.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const DEPCRUISE = path.join(PROJECT_ROOT, 'node_modules/.bin/depcruise');

/** Each rule with files that break it and nothing else. */
const BREACHES: [rule: string, files: Record<string, string>][] = [
  [
    'no-cycles',
    {
      'packages/server/src/a.ts': "import { b } from './b.ts';\nexport const a = (): number => b();",
      'packages/server/src/b.ts': "import { a } from './a.ts';\nexport const b = (): number => a();",
    },
  ],
  ['resolvable', { 'packages/server/src/a.ts': "export const a = (): unknown => import('./nowhere.ts');" }],
  [
    'resolvable',
    { 'packages/server/src/a.ts': "import type { A } from 'no-such-package';\nexport type B = A;" },
  ],
  ['model-is-a-leaf', { 'packages/model/src/a.ts': "import pg from 'pg';\nexport { pg };" }],
  ['client-knows-the-model-only', { 'packages/client/src/a.ts': importing('../../kci/src/z.ts') }],
  ['kci-knows-client-and-model-only', { 'packages/kci/src/a.ts': importing('../../server/src/z.ts') }],
  ['server-knows-the-model-only', { 'packages/server/src/a.ts': importing('../../client/src/z.ts') }],
  ['store-is-below-domain-and-http', { 'packages/server/src/store/a.ts': importing('../domain/z.ts') }],
  ['store-is-below-domain-and-http', { 'packages/server/src/store/a.ts': importing('../http/z.ts') }],
  ['domain-is-below-http', { 'packages/server/src/domain/a.ts': importing('../http/z.ts') }],
  [
    'dialects-and-migrations-stay-in-the-store',
    { 'packages/server/src/http/a.ts': importing('../store/dialect/z.ts') },
  ],
  [
    'acceptance-tests-use-the-front-door',
    { 'test/acceptance/a.ts': importing('../../packages/server/src/z.ts') },
  ],
  ['source-knows-no-tests', { 'packages/server/src/a.ts': importing('../../../test/helpers/z.ts') }],
];

const HARMLESS: Record<string, string> = {
  'packages/server/src/http/a.ts': importing('../domain/a.ts'),
  'packages/server/src/domain/a.ts':
    "import type { Z } from '../store/a.ts';\nexport type A = Z;\nexport const z = 1;",
  'packages/server/src/store/a.ts': "import type { A } from '../domain/../store/b.ts';\nexport type Z = A;",
  'packages/server/src/store/b.ts': "import type { Z } from './a.ts';\nexport type A = Z;",
};

function importing(module: string): string {
  return `import { z } from '${module}';\nexport const a: number = z;`;
}

async function check(files: Record<string, string>) {
  const folder = makeTempFolder('imports');
  cpSync(path.join(PROJECT_ROOT, '.dependency-cruiser.mjs'), path.join(folder, '.dependency-cruiser.mjs'));
  symlinkSync(path.join(PROJECT_ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  for (const [file, text] of Object.entries({ ...targetsOf(files), ...files })) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  return runBin(DEPCRUISE, ['packages', 'test'], { cwd: folder });
}

/** The `z.ts` files that the breaches import. */
function targetsOf(files: Record<string, string>): Record<string, string> {
  const targets: Record<string, string> = {
    'test/z.ts': 'export const z: number = 1;',
    'packages/z.ts': 'export {};',
  };
  for (const [file, text] of Object.entries(files)) {
    const target = /'(\.[^']*z\.ts)'/.exec(text)?.[1];
    if (target !== undefined) targets[path.join(path.dirname(file), target)] = 'export const z: number = 1;';
  }
  return targets;
}

describe('import rules', () => {
  for (const [rule, files] of BREACHES) {
    test(`${rule} sees ${Object.keys(files)[0]}`, async () => {
      const { code, stdout, stderr } = await check(files);
      const broken = [...stdout.matchAll(/^ *error ([a-z-]+):/gm)].map((match) => match[1]);
      assert.deepEqual([...new Set(broken)], [rule], stdout + stderr);
      assert.notEqual(code, 0);
    });
  }

  test('imports one way, and cycles of types, are fine', async () => {
    const { code, stdout } = await check(HARMLESS);
    assert.match(stdout, /no dependency violations found \(\d+ modules, 4 dependencies/);
    assert.equal(code, 0);
  });
});
