import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { adminToken } from '../helpers/accounts.ts';
import { cleanUpAfterFile } from '../helpers/cleanup.ts';
import { onOneEngine } from '../helpers/engines.ts';
import { call } from '../helpers/http.ts';
import { runKciTty, type TtyOptions } from '../helpers/kci.ts';
import { anonymousWorkspace, type KciWorkspace, kciWorkspace, uniqueName } from '../helpers/kci-workspace.ts';
import { type ApiNode, createNode } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { TerminalSession } from '../helpers/terminal-session.ts';

const ESC = '\x1b';
/** Shows that it was used, and passes on what it gets. */
const PAGER = "sed 's/^/| /'";

/** A server that is slower, or worse, than ours ever should be. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUpAfterFile(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** On a machine that is busy every fetch may take long enough to be told of. */
const withoutProgress = (text: string) => text.replace(/(\r[\d,]+( of [\d,]+)? nodes, \d+ s *)+\r +\r/g, '');

const linesOf = (text: string) => text.split('\n').slice(0, -1);

onOneEngine('kci node on a terminal', (engine) => {
  let server: TestServer;
  let token: string;
  let kci: KciWorkspace;
  let group: string;
  let nodes: ApiNode[];

  before(async () => {
    server = await startServer({ engine });
    token = await adminToken(server);
    kci = anonymousWorkspace(server);
    group = uniqueName('group');
    const name = `a-name-of-${'some-'.repeat(6)}length`;
    nodes = [];
    for (const result of ['pass', 'fail', 'incomplete', 'skip', null]) {
      const state = result === null ? 'running' : 'done';
      const body = { kind: 'test', name, path: [name], group, state, result };
      nodes.push(await createNode(server, token, body));
    }
  });

  const tty = (args: string[], env: Record<string, string> = {}, options: Partial<TtyOptions> = {}) =>
    runKciTty(['node', ...args], { cwd: kci.cwd, home: kci.home, answers: [], env, ...options });

  async function shown(...given: Parameters<typeof tty>): Promise<string> {
    const { code, transcript } = await tty(...given);
    assert.equal(code, 0, transcript);
    return withoutProgress(transcript);
  }

  describe('a pager', () => {
    test('shows more than one node, not a single one', async () => {
      const many = await shown(['find', `group=${group}`, '--indent=1'], { PAGER });
      assert.match(many, /^\| \[\n\| {2}\{\n\| {3}"id": /);
      assert.deepEqual(JSON.parse(many.replaceAll(/^\| /gm, '')), nodes);
      const one = await shown(['find', `group=${group}`, '-l', '1'], { PAGER });
      assert.deepEqual(JSON.parse(one), nodes.slice(0, 1));
      assert.equal(await shown(['find', 'name=nobody'], { PAGER }), '[]\n');
    });

    test('shows tables, lines, all pages and trees', async () => {
      const root = await createNode(server, token, { kind: 'job', name: 'root', path: ['root'] });
      for (const name of ['a', 'b', 'c', 'd']) {
        await createNode(server, token, { kind: 'test', name, path: ['root', name], parent: root.id });
      }
      for (const args of [
        ['tree', root.id],
        ['find', `group=${group}`, '--format=table'],
        ['find', `group=${group}`, '--format=jsonl', '--fields=id'],
        ['find', `group=${group}`, '--all', '-l2', '--format=jsonl', '--fields=id'],
      ]) {
        const lines = linesOf(await shown(args, { PAGER }));
        assert.ok(
          lines.length >= nodes.length && lines.every((line) => line.startsWith('| ')),
          lines.join('\n'),
        );
      }
    });

    test('does not show the rest: get, findfast, count', async () => {
      assert.match(await shown(['get', nodes[0]?.id ?? ''], { PAGER }), /^\{/);
      assert.match(await shown(['findfast', `group=${group}`], { PAGER }), /^\[/);
      assert.equal(await shown(['count', `group=${group}`], { PAGER }), '5\n');
    });

    test('is not used when PAGER is empty or cat, nor on a dumb terminal', async () => {
      const args = ['find', `group=${group}`, '--fields=name'];
      const plain = await kci.ok(['node', ...args]);
      assert.equal(await shown(args, { PAGER: '' }), plain);
      assert.equal(await shown(args, { PAGER: 'cat' }), plain);
      assert.equal(await shown(args, { TERM: 'dumb' }), plain);
    });

    test('is not used when the output goes elsewhere', async () => {
      const session = await TerminalSession.open({ cwd: kci.cwd, home: kci.home, env: { PAGER } });
      const text = withoutProgress(await session.run(`kci node find group=${group} --fields name | cat`));
      assert.match(text, /^\[\{"name"/);
      await session.run(`kci node find group=${group} > found.json`);
      assert.deepEqual(JSON.parse(kci.read('found.json')), nodes);
    });

    test('that is not there is named', async () => {
      const { code, transcript } = await tty(['find', `group=${group}`], { PAGER: 'no-such-pager -x' });
      assert.equal(code, 1);
      assert.match(
        transcript,
        /\nError: the pager 'no-such-pager -x' cannot be run\nHint: set PAGER to another/,
      );
    });

    test('may be left before the end', async () => {
      const early = await shown(['find', `group=${group}`, '--indent=1'], { PAGER: 'head -n 1' });
      assert.equal(early, '[\n');
      const failing = await shown(['find', `group=${group}`], { PAGER: 'false' });
      assert.equal(failing, '');
    });

    test('that is left ends a fetch that still goes on', async () => {
      const page = JSON.stringify({ items: nodes, total: 99, limit: 5, offset: 0 });
      const url = await serve((request, response) => {
        if (request.url?.includes('after=')) return;
        const link = '</latest/nodes?after=x>; rel="next"';
        response.writeHead(200, { 'content-type': 'application/json', link }).end(page);
      });
      const { code, transcript } = await runKciTty(
        ['--api-url', url, 'node', 'find', '--all', '--format=jsonl', '--fields=name'],
        { answers: [], env: { PAGER: 'head -n 1' } },
      );
      assert.deepEqual([code, linesOf(transcript).length], [0, 1]);
    });

    test('keeps Ctrl-C to itself, and the terminal until it is left', async () => {
      // A trap that comes right before a read waits for the end of it: this one ends by itself.
      kci.write(
        'pager.sh',
        'trap \'echo interrupted\' INT\ncat\necho more?\nuntil read -r -t 1 answer </dev/tty && [ "$answer" = q ]; do :; done\necho left\n',
      );
      const session = await TerminalSession.open({
        cwd: kci.cwd,
        home: kci.home,
        env: { PAGER: 'bash pager.sh' },
      });
      const text = withoutProgress(
        await session.run(
          `kci node find group=${group} --fields name`,
          [/more\?\n/, '\x03'],
          [/interrupted\n/, 'q'],
        ),
      );
      assert.match(text, /^\[\{"name"[\s\S]*more\?\n[\s\S]*interrupted\n[\s\S]*left\n$/);
      assert.equal(await session.status(), 0);
    });
  });

  describe('colours', () => {
    test('tell results apart in tables and trees', async () => {
      for (const args of [
        ['find', `group=${group}`, '--format=table'],
        ['findfast', `group=${group}`, '--format=table'],
      ]) {
        const text = await shown(args, { PAGER: 'cat' }, { keepControls: true });
        for (const coloured of [
          `${ESC}[32mpass`,
          `${ESC}[31mfail`,
          `${ESC}[33mincomplete`,
          `${ESC}[36mrunning`,
        ]) {
          assert.ok(text.includes(coloured), text);
        }
      }
      const tree = await shown(['tree', nodes[1]?.id ?? ''], {}, { keepControls: true });
      assert.ok(tree.includes(`${ESC}[31mfail${ESC}[39m\n`), tree);
      const watch = await shown(['watch', nodes[0]?.id ?? ''], {}, { keepControls: true });
      assert.ok(watch.includes(`${ESC}[32mpass${ESC}[39m\n`), watch);
    });

    test('are not for those who want none, for JSON, for simple terminals and for pipes', async () => {
      const table = ['find', `group=${group}`, '--format=table'];
      const plain: [args: string[], env: Record<string, string>][] = [
        [table, { NO_COLOR: '1' }],
        [table, { TERM: 'dumb' }],
        [['find', `group=${group}`], {}],
        [['tree', nodes[1]?.id ?? ''], { NO_COLOR: '1' }],
      ];
      for (const [args, env] of plain) {
        const text = await shown(args, { PAGER: 'cat', ...env }, { keepControls: true });
        assert.ok(!text.includes(ESC), text);
      }
      assert.ok(!(await kci.ok(['node', ...table])).includes(ESC));
    });
  });

  describe('a table', () => {
    const widest = (text: string) => Math.max(...linesOf(text).map(({ length }) => length));

    test('fits the terminal, and keeps ids whole', async () => {
      for (const columns of [200, 100, 80, 60]) {
        const args = ['find', `group=${group}`, '--format=table'];
        const text = await shown(args, { PAGER: 'cat' }, { columns });
        assert.ok(widest(text) <= columns, text);
        for (const { id } of nodes) assert.ok(text.includes(id), text);
        assert.equal(text.includes('CREATED'), columns >= 100, text);
      }
      const chosen = ['find', `group=${group}`, '--format=table', '--fields=name,path,id'];
      assert.ok(widest(await shown(chosen, { PAGER: 'cat' }, { columns: 70 })) <= 70);
    });

    test('so does a tree', async () => {
      const text = await shown(['tree', nodes[0]?.id ?? '', '--ids'], {}, { columns: 70 });
      assert.match(text, new RegExp(`^a-name-\\S+…  test  done  pass  ${nodes[0]?.id}\n$`));
    });
  });

  test('text of nodes cannot steer the terminal', async () => {
    const name = `x${ESC}[2J${ESC}]0;owned\x07\u202ey\r\n`;
    const node = await createNode(server, token, { kind: 'job', name, path: [name], state: 'done' });
    for (const args of [
      ['find', `id=${node.id}`, '--format=table'],
      ['find', `id=${node.id}`, '--format=table', '--fields=path,name'],
      ['find', `id=${node.id}`],
      ['get', node.id],
      ['tree', node.id],
      ['watch', node.id],
    ]) {
      const transcript = withoutProgress(
        (await tty(args, { NO_COLOR: '1' }, { keepControls: true })).transcript,
      );
      assert.doesNotMatch(transcript.replaceAll('\n', ''), /[\p{Cc}\u202e]/u, args.join(' '));
    }
  });

  test('a reader that has seen enough ends it quietly', async () => {
    const session = await TerminalSession.open({ cwd: kci.cwd, home: kci.home });
    for (const command of ['findfast', 'find --all -l 1', 'find --format=table']) {
      assert.equal(
        withoutProgress(await session.run(`kci node ${command} group=${group} | head -c 2; echo`)),
        `${command.includes('table') ? 'ID' : '[{'}\n`,
      );
    }
  });

  test('a large answer that is being written is no obstacle to a pager that is left', async () => {
    const root = await createNode(server, token, { kind: 'job', name: 'big', path: ['big'] });
    const leaf = (n: number) => ({ node: { kind: 'test', name: `t${n}`, path: ['t'] }, child_nodes: [] });
    const json = {
      node: { kind: 'job', name: 'big', path: ['big'] },
      child_nodes: Array.from({ length: 3000 }, (_, n) => leaf(n)),
    };
    assert.equal((await call(server, 'PUT', `/latest/nodes/${root.id}`, { token, json })).status, 200);
    const first = await shown(['find', 'kind=test', '--all', '--format=jsonl', '--fields=kind'], {
      PAGER: 'head -n 1',
    });
    assert.equal(first, '{"kind": "test"}\n');
  });
});

describe('kci node: a fetch that takes long', () => {
  const NODE = '{"id":"6526448e7d140ee220971a0e","kind":"job","name":"n"}';

  /** Answers with a few nodes at once and, when told, with the last. */
  async function slowApi() {
    const { promise, resolve } = Promise.withResolvers<void>();
    const url = await serve(async (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(`[${NODE},${NODE},`);
      await promise;
      response.end(`${NODE}]`);
    });
    return { url, end: resolve };
  }

  test('tells on the terminal how far it is, and wipes that away', async () => {
    const workspace = kciWorkspace();
    const session = await TerminalSession.open({ cwd: workspace.cwd, home: workspace.home });
    const { url, end } = await slowApi();
    const text = await session.run(`kci --api-url ${url} node findfast --fields id > found.json`, [
      /\r2 nodes, \d+ s/,
      () => {
        end();
        return '';
      },
    ]);
    // What is typed to go on ends a line, before or after that.
    assert.match(text, /\r2 nodes, \d+ s\n?\r {12,}\r/);
    assert.equal(JSON.parse(workspace.read('found.json')).length, 3);
  });

  test('tells nothing where nobody watches', async () => {
    const { url, end } = await slowApi();
    const running = kciWorkspace().kci(['--api-url', url, 'node', 'findfast', '--format=jsonl']);
    await delay(2000);
    end();
    const { code, stdout, stderr } = await running;
    assert.deepEqual([code, linesOf(stdout).length, stderr], [0, 3, '']);
  });

  test('that breaks off ends in an error, after what came', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(`[${NODE},${NODE},{"id"`, () => response.destroy());
    });
    const { code, stdout, stderr } = await kciWorkspace().kci([
      '--api-url',
      url,
      'node',
      'findfast',
      '--format=jsonl',
    ]);
    assert.deepEqual([code, linesOf(stdout).length], [1, 2]);
    assert.match(
      stderr,
      /^Error: no answer: GET \S+: the connection was closed before an answer came\nHint: /,
    );
  });
});
