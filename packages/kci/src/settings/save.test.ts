import assert from 'node:assert/strict';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'smol-toml';
import { folderWith } from '../../test/folder-with.ts';
import { KciError } from '../errors.ts';
import { type Change, saveSettings } from './save.ts';

const LOGIN: Change[] = [
  [['kci', 'api'], 'x'],
  [['kci', 'apis', 'x', 'url'], 'http://127.0.0.1:8001/'],
  [['kci', 'secrets', 'api', 'x', 'token'], 'NEW'],
  [['kci', 'secrets', 'api', 'x', 'tokens', 'admin'], 'ADMIN'],
];
const WANTED = {
  api: 'x',
  apis: { x: { url: 'http://127.0.0.1:8001/' } },
  secrets: { api: { x: { token: 'NEW', tokens: { admin: 'ADMIN' } } } },
};

const MODE = 0o777;

const EXISTING = {
  'empty file': '',
  'only a comment': '# mine\n',
  'dotted keys':
    '[kci]\napi = \'x\' # which\nindent = 4\n\n[kci.secrets]\n# everyday\napi.x.token = "old"  # keep\n',
  'both kinds of token':
    '[kci]\napi = "x"\n[kci.secrets]\napi.x.token = "a"\napi.x.tokens.admin = "b"\napi.y.token = "c"\n',
  sections:
    '[kci.secrets.api.x]\ntoken = "a"\n[kci.secrets.api.y]\ntoken = "b"\n[kci.user.find]\npage_length = 20 # twenty\n',
  'inline tables': 'kci = { api = "x", secrets = { api = { x = { token = "t" } } } }\n',
  'Windows line ends': '[kci]\r\napi = "x"\r\n\r\n[kci.secrets]\r\napi.x.token = "old" # c\r\n',
  'other values':
    '# top\n[other]\nd = 2024-01-01\nt = 07:32:00\ndt = 1979-05-27T07:32:00-08:00\nf = 1.0\nh = 0xff\ns = """\na\nb"""\nl = [\n  1, # one\n  2,\n]\n[[many]]\nn = 1\n[[many]]\nn = 2\n',
};

/** Parsed, as ordinary objects. */
const plain = (toml: string): Record<string, unknown> => structuredClone(parse(toml));
const without = (table: Record<string, unknown>, key: string) =>
  Object.fromEntries(Object.entries(table).filter(([name]) => name !== key));

describe('saving settings', () => {
  for (const [name, before] of Object.entries(EXISTING)) {
    test(`into a file with ${name} changes nothing else`, (t) => {
      const file = path.join(folderWith(t, { 'kernelci.toml': before }), 'kernelci.toml');
      saveSettings(file, LOGIN);
      const after = readFileSync(file, 'utf8');
      const { kci, ...others } = plain(after);
      assert.deepEqual(others, without(plain(before), 'kci'));
      assert.partialDeepStrictEqual(kci, WANTED);
      for (const comment of before.match(/#[^\r\n]*/g) ?? []) assert.ok(after.includes(comment), comment);
      assert.equal(after.includes('\r\n'), before.includes('\r\n'));
      saveSettings(file, LOGIN);
      assert.equal(readFileSync(file, 'utf8'), after);
    });
  }

  test('creates a file that explains itself, with the folders it needs, for its owner only', (t) => {
    const file = path.join(folderWith(t), 'a/b/kernelci.toml');
    saveSettings(file, LOGIN);
    assert.deepEqual(plain(readFileSync(file, 'utf8')), { kci: WANTED });
    assert.match(
      readFileSync(file, 'utf8'),
      /^#.*\n\n\[kci\]\napi = "x"\n\n\[kci\.apis\.x\]\nurl = .*\n\n\[kci\.secrets\]\napi\.x\.token = "NEW"\napi\.x\.tokens\.admin = "ADMIN"\n$/,
    );
    assert.equal(statSync(file).mode & MODE, 0o600);
    assert.equal(statSync(path.dirname(file)).mode & MODE, 0o700);
    assert.deepEqual(readdirSync(path.dirname(file)), ['kernelci.toml']);
  });

  test('names with dots are quoted', (t) => {
    const file = path.join(folderWith(t), 'kernelci.toml');
    saveSettings(file, [[['kci', 'secrets', 'api', 'a.b', 'token'], 'T']]);
    assert.deepEqual(plain(readFileSync(file, 'utf8')), {
      kci: { secrets: { api: { 'a.b': { token: 'T' } } } },
    });
  });

  test('takes the file from the eyes of others, and keeps a link a link', (t) => {
    const folder = folderWith(t, { 'real.toml': '[kci]\n' });
    const link = path.join(folder, 'kernelci.toml');
    chmodSync(path.join(folder, 'real.toml'), 0o644);
    symlinkSync('real.toml', link);
    saveSettings(link, LOGIN);
    assert.ok(lstatSync(link).isSymbolicLink());
    assert.equal(statSync(link).mode & MODE, 0o600);
    assert.deepEqual(readdirSync(folder).sort(), ['kernelci.toml', 'real.toml']);
  });

  test('leaves a file alone that cannot be changed', (t) => {
    const folder = folderWith(t, {
      'broken.toml': '[kci',
      'scalar.toml': 'kci = 1\n',
      'list.toml': '[[kci]]\na = 1\n',
    });
    for (const name of readdirSync(folder)) {
      const file = path.join(folder, name);
      const before = readFileSync(file, 'utf8');
      assert.throws(() => saveSettings(file, LOGIN), KciError);
      assert.equal(readFileSync(file, 'utf8'), before);
    }
    mkdirSync(path.join(folder, 'folder.toml'));
    assert.throws(() => saveSettings(path.join(folder, 'folder.toml'), LOGIN), KciError);
    writeFileSync(path.join(folder, 'file'), '');
    assert.throws(() => saveSettings(path.join(folder, 'file/kernelci.toml'), LOGIN), KciError);
  });
});
