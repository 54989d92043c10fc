import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { type KciWorkspace, kciWorkspace } from '../helpers/kci-workspace.ts';
import { PROJECT_ROOT } from '../helpers/project.ts';
import { commandEnvironment } from '../helpers/run-command.ts';

const SETTINGS = `
[kci]
api = "local"
[kci.apis.local]
url = "http://127.0.0.1:9/"
[kci.apis.staging]
url = "http://127.0.0.1:9/"
[kci.secrets]
api.local.token = "everyday"
api.local.tokens.admin = "x"
api.local.tokens.reader = "y"
`;

function workspaceWithSettings(): KciWorkspace {
  const workspace = kciWorkspace();
  workspace.write('kernelci.toml', SETTINGS);
  workspace.write('my-settings.toml', '');
  return workspace;
}

/** Sources the script in a real bash and asks for the completions of the words; the last one is completed. */
async function inBash(workspace: KciWorkspace, words: string[]): Promise<string[]> {
  const script = `
    source <(kci completion bash) || exit 1
    COMP_WORDS=(kci "$@")
    COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
    COMP_LINE="\${COMP_WORDS[*]}"
    COMP_POINT=\${#COMP_LINE}
    compopt() { COMPREPLY+=("compopt $*"); }
    $(complete -p kci | sed -n 's/.*-F \\([^ ]*\\).*/\\1/p') kci "\${COMP_WORDS[COMP_CWORD]}" ""
    printf '%s\\n' "\${COMPREPLY[@]}"
  `;
  const { stdout, stderr } = await promisify(execFile)('bash', ['--norc', '-c', script, 'bash', ...words], {
    cwd: workspace.cwd,
    env: withKci(workspace),
  });
  return [...stdout.split('\n'), ...stderr.split('\n')].filter((line) => line !== '');
}

function withKci({ home }: KciWorkspace): Record<string, string> {
  const env = commandEnvironment({ home });
  return { ...env, PATH: `${path.join(PROJECT_ROOT, 'node_modules/.bin')}:${env.PATH}` };
}

describe('completion in bash', () => {
  const workspace = workspaceWithSettings();

  const CASES: [words: string[], candidates: string[]][] = [
    [['a'], ['api', 'audit']],
    [
      ['user', 'to'],
      ['token', 'token-info', 'tokens'],
    ],
    [
      ['user', 'group', ''],
      ['find', 'list', 'add', 'join', 'leave', 'delete'],
    ],
    [['--as', 'admin', 'user', 'pass'], ['password']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [
      ['user', 'find', '--page'],
      ['--page-length', '--page-number'],
    ],
    [['user', 'whoami', '--in'], ['--indent']],
    [
      ['--api', ''],
      ['local', 'staging'],
    ],
    [['user', 'whoami', '--api', 's'], ['staging']],
    [['user', 'whoami', '--api', '=', 's'], ['staging']],
    [
      ['user', 'whoami', '--api', '='],
      ['local', 'staging'],
    ],
    [
      ['--as', ''],
      ['admin', 'reader'],
    ],
    [['--api', 'staging', '--as', ''], []],
    [['user', 'token', 'alice', '--scope', 'no'], ['nodes']],
    [['user', 'signups', 'list', '--state', 'p'], ['pending']],
    [['-s', 'my'], ['compopt -o default']],
    [['user', 'find', 'username='], []],
    [
      ['node', 'find'],
      ['find', 'findfast'],
    ],
    [['node', 'submit', ''], ['compopt -o default']],
    [['node', 'submit-hierarchy', ''], []],
    [['node', 'submit-hierarchy', '6526448e7d140ee220971a0e', 'res'], ['compopt -o default']],
    [
      ['node', 'find', 'ki'],
      ['kind=', 'compopt -o nospace'],
    ],
    [
      ['node', 'find', 'kind=job', 'data.kernel_revision.t'],
      ['data.kernel_revision.tree=', 'compopt -o nospace'],
    ],
    [['node', 'find', '--format', 'table', 'state', '=', 'd'], ['done']],
    [
      ['node', 'count', 'result!', '='],
      ['pass', 'fail', 'skip', 'incomplete'],
    ],
    [['node', 'findfast', '--format', 't'], ['table']],
    [['node', 'find', '--sort', 'cre'], ['created']],
    [['node', 'find', '--sort', 'upd'], []],
    [
      ['event', 'group', ''],
      ['create', 'list', 'show', 'delete', 'claim', 'ack', 'dead', 'retry'],
    ],
    [['event', 'send', ''], ['compopt -o default']],
    [['event', 'send', '-', ''], []],
    [
      ['event', 'watch', 'kind=job', 'op'],
      ['op=', 'compopt -o nospace'],
    ],
    [
      ['event', 'list', 'op', '=', ''],
      ['created', 'updated'],
    ],
    [['event', 'watch', '--cursor', 'my'], ['compopt -o default']],
    [
      ['event', 'watch', '--format', ''],
      ['lines', 'jsonl'],
    ],
    [
      ['event', 'group', 'create', 'builders', 'sta'],
      ['state=', 'compopt -o nospace'],
    ],
    [['webhook', 'add', 'https://example.org/', 'result', '=', 'p'], ['pass']],
    [
      ['webhook', 're'],
      ['replay', 'remove'],
    ],
    [['node', 'get', ''], []],
    [['no-such-command', ''], []],
    [['user', 'get', ''], []],
  ];
  for (const [words, candidates] of CASES) {
    test(`kci ${words.join(' ')}`, async () => {
      assert.deepEqual(await inBash(workspace, words), candidates);
    });
  }

  test('works with broken settings as far as it can', async () => {
    const broken = kciWorkspace();
    broken.write('kernelci.toml', '[kci');
    assert.deepEqual(await inBash(broken, ['user', 'wh']), ['whoami']);
    assert.deepEqual(await inBash(broken, ['--api', '']), []);
  });
});

test('shells that show meanings get them', async () => {
  const workspace = workspaceWithSettings();
  const { stdout } = await workspace.kci(['__complete', 'fish', '--', 'user', 'whoa']);
  assert.equal(stdout, 'whoami\tShow the account that the token belongs to\n');
  assert.equal((await workspace.kci(['__complete', 'zsh', '--', '--api=s'])).stdout, '--api=staging\n');
});

test('every shell has a script', async () => {
  const workspace = kciWorkspace();
  for (const shell of ['bash', 'zsh', 'fish']) {
    assert.match(await workspace.ok(['completion', shell]), new RegExp(`__complete ${shell} -- `));
  }
});
