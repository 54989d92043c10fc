import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { parse } from 'smol-toml';
import { folderWith } from '../../test/folder-with.ts';
import { KciError } from '../errors.ts';
import { type ApiChoice, resolveApi } from './apis.ts';

const NOTHING: ApiChoice = { name: undefined, url: undefined, config: [], configGiven: false };
const TOML = '[kci.apis.x]\nurl = "http://x/api"\nversion = "v0"\ntimeout = 5\n';

function resolve(toml: string, choice: Partial<ApiChoice>) {
  return resolveApi({ path: 'kernelci.toml', data: parse(toml) }, { ...NOTHING, ...choice });
}

function yaml(t: TestContext, files: Record<string, string>): Partial<ApiChoice> {
  return { config: [folderWith(t, files)] };
}

describe('the API is found', () => {
  test('in the settings file, where the whole path of the address counts', async () => {
    assert.deepEqual(await resolve(TOML, { name: 'x' }), {
      name: 'x',
      url: 'http://x/api/',
      version: 'v0',
      timeoutMs: 5000,
      from: '[kci.apis.x] of kernelci.toml',
      isConfigured: true,
    });
  });

  test('without being named when there is only one', async (t) => {
    assert.equal((await resolve(TOML, {})).name, 'x');
    await assert.rejects(resolve(`${TOML}[kci.apis.y]\nurl = "http://y"\n`, {}), KciError);
    assert.equal((await resolve('', yaml(t, { 'a.yaml': 'api: {only: {url: "http://o"}}' }))).name, 'only');
    await assert.rejects(resolve('', yaml(t, { 'a.yaml': 'api: {a: {url: a}, b: {url: b}}' })), KciError);
  });

  test('in YAML files and folders, merged, with the address as every reader has it', async (t) => {
    const choice = yaml(t, {
      'a.yaml': 'api: {x: {url: "http://x/p", timeout: 7}, z: {url: "http://z"}}',
      'b/c.yml': '_base: &base\n  version: v0\napi:\n  x:\n    <<: *base\n    url: http://second\n',
      'd.yaml': '!unknown-tag {jobs: [1]}\n',
      'ignored.txt': 'api: {x: {url: "http://no"}}',
    });
    const { url, version, timeoutMs } = await resolve('', { ...choice, name: 'x' });
    assert.deepEqual([url, version, timeoutMs], ['http://second', 'v0', 7000]);
    assert.equal((await resolve('', { ...choice, name: 'z' })).timeoutMs, 60_000);
  });

  test('the settings file goes before YAML, but not before YAML that is given on the command line', async (t) => {
    const choice = { ...yaml(t, { 'a.yaml': 'api: {x: {url: "http://yaml/"}}' }), name: 'x' };
    assert.equal((await resolve(TOML, choice)).url, 'http://x/api/');
    assert.equal((await resolve(TOML, { ...choice, configGiven: true })).url, 'http://yaml/');
    assert.equal(
      (await resolve(TOML, { ...yaml(t, {}), name: 'x', configGiven: true })).url,
      'http://x/api/',
    );
  });

  test('by its address alone, which goes before everything', async () => {
    const bare = await resolve('', { url: 'http://u/p' });
    assert.deepEqual([bare.name, bare.url, bare.version], [undefined, 'http://u/p/', 'latest']);
    const known = await resolve(TOML, { name: 'x', url: 'http://u' });
    assert.deepEqual(
      [known.name, known.url, known.version, known.from],
      ['x', 'http://u/', 'v0', '--api-url'],
    );
  });
});

describe('what is missing or wrong is named', () => {
  const message = async (promise: Promise<unknown>) =>
    promise.then(
      () => assert.fail('nothing was wrong'),
      (error: unknown) => {
        assert.ok(error instanceof KciError, String(error));
        return error.message;
      },
    );

  test('in the settings file', async () => {
    assert.match(await message(resolve('', {})), /no API is chosen/);
    assert.match(await message(resolve(TOML, { name: 'y' })), /API config y not found/);
    assert.match(await message(resolve(TOML, { name: 'constructor' })), /API config constructor not found/);
    assert.match(
      await message(resolve('[kci.apis.x]\n', {})),
      /\[kci\.apis\.x\] of kernelci\.toml has no url/,
    );
    assert.match(await message(resolve('[kci.apis.x]\nurl = 7\n', {})), /url in .* has to be text/);
    assert.match(await message(resolve(`${TOML.replace('5', '0')}`, {})), /timeout in .* from 1 to/);
  });

  test('in YAML', async (t) => {
    const wrong = (content: string) => message(resolve('', { ...yaml(t, { 'a.yaml': content }), name: 'x' }));
    assert.match(await wrong('api: {x: {'), /a\.yaml: /);
    assert.match(await wrong('api: [1]'), /API config x not found/);
    assert.match(await wrong('api: {x: 1}'), /API config x not found/);
    assert.match(await wrong('api: {x: {version: v0}}'), /api\.x has no url/);
    assert.match(
      await message(resolve('', { name: 'x', config: [path.join(folderWith(t), 'no')] })),
      /does not exist/,
    );
  });
});
