import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Group, isGroup, ROOT } from './tree.ts';
import { commandIn, joinValues } from './words.ts';

const named = (line: string) => commandIn(line.split(' ')).path.join(' ');

describe('the command in a command line', () => {
  test('is found among options and their values', () => {
    assert.equal(named('user find username=x'), 'user find');
    assert.equal(named('--api user --as admin user group add audit'), 'user group add');
    assert.equal(named('--api=x --indent 1 user --as login whoami --help'), 'user whoami');
    assert.equal(named('help user token'), 'user token');
    assert.equal(named('user help token'), 'user token');
  });

  test('is missing where a word is not a command', () => {
    assert.equal(named('user fnid'), 'user');
    assert.equal(named('constructor'), '');
    assert.equal(named('__proto__ user'), '');
    assert.equal(named('-- user find'), '');
    assert.equal(named(''), '');
  });
});

const ALIASES = new Set(['kci user group find', 'kci user group list']);

/** Whether the command of an example is this one, or one below it. */
function calls(line: string, command: string): boolean {
  const words = line.slice(line.indexOf('kci ') + 'kci '.length).split(' ');
  return `kci ${commandIn(words).path.join(' ')} `.startsWith(`${command} `);
}

test('every command loads, and teaches with examples that name it', async () => {
  const visit = async (group: Group, path: string): Promise<void> => {
    for (const [name, node] of Object.entries(group.children)) {
      const full = `${path} ${name}`;
      const { examples } = isGroup(node) ? node : await node.load();
      assert.ok(examples.length > 0, full);
      if (!ALIASES.has(full))
        assert.ok(
          examples.some(([line]) => calls(line, full)),
          full,
        );
      if (isGroup(node)) await visit(node, full);
    }
  };
  await visit(ROOT, 'kci');
});

test('a value that begins with a minus stays with its option', () => {
  const joined = (line: string) => joinValues(line.split(' ')).join(' ');
  assert.equal(joined('node find --sort -created -l 1'), 'node find --sort=-created -l 1');
  assert.equal(joined('node find --sort created --all'), 'node find --sort created --all');
  assert.equal(joined('node find -- --sort -created'), 'node find -- --sort -created');
  assert.equal(joined('--sort'), '--sort');
});
