import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { PROJECT_ROOT } from '../helpers/project.ts';

const read = (file: string): string => readFileSync(path.join(PROJECT_ROOT, file), 'utf8');

test('docs/events.md shows the examples as they are tested', () => {
  const page = read('docs/events.md');
  const examples = globSync('docs/examples/*', { cwd: PROJECT_ROOT });
  assert.equal(examples.length, 3);
  for (const file of examples) assert.ok(page.includes(read(file)), file);
});
