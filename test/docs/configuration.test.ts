import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { readConfig } from '../../packages/server/src/config/config.ts';
import { PROJECT_ROOT } from '../helpers/project.ts';

const ROW = /^\| `([A-Z][A-Z0-9_]*)` \| (?:`([^`]*)`|unset) \| \S/;
const READ = /\benv\s*\.\s*\w+\(\s*'([A-Z][A-Z0-9_]*)'/g;
/** What some settings need beside them to have an effect. */
const MAIL = { SMTP_HOST: 'smtp.example.org', EMAIL_SENDER: 'api@example.org' };

const read = (file: string): string => readFileSync(path.join(PROJECT_ROOT, file), 'utf8');

interface Setting {
  name: string;
  /** Undefined when the table says that it is unset. */
  byDefault: string | undefined;
}

function documentedSettings(): Setting[] {
  const section = read('docs/configuration.md')
    .split(/^## /m)
    .find((part) => part.startsWith('All settings'));
  const rows = (section ?? '').split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) => {
    const [, name, byDefault] = ROW.exec(row) ?? [];
    assert.ok(name, `a row of another form: ${row}`);
    return { name, byDefault };
  });
}

/** Those that the sources name, and those that are asked for when they run. */
function settingsInTheCode(): string[] {
  const sources = globSync('packages/server/src/config/*.ts', { cwd: PROJECT_ROOT });
  const names = new Set(
    sources.flatMap((file) => [...read(file).matchAll(READ)].map(([, name]) => String(name))),
  );
  const get = (set: Record<string, string>, name: string | symbol) => {
    names.add(String(name));
    return set[String(name)];
  };
  readConfig(new Proxy<Record<string, string>>({ ...MAIL }, { get }));
  return [...names].sort();
}

describe('docs/configuration.md', () => {
  test('has every setting that the server reads, once, and no other', () => {
    const names = documentedSettings().map(({ name }) => name);
    assert.deepEqual(names.sort(), settingsInTheCode());
  });

  test('gives the true defaults', () => {
    const withoutIt = readConfig(MAIL);
    for (const { name, byDefault } of documentedSettings()) {
      if (byDefault !== undefined)
        assert.deepEqual(readConfig({ ...MAIL, [name]: byDefault }), withoutIt, name);
    }
  });
});
