import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runKci, runKciTty, type TtyResult } from './kci.ts';
import type { CommandResult, RunOptions } from './run-command.ts';
import { makeTempFolder } from './temp-folder.ts';

/** A folder to work in, a home folder, and `kci` started in them. */
export interface KciWorkspace {
  cwd: string;
  home: string;
  /** Runs `kci` with pipes; `stdin` is what is piped into it. */
  kci(args: string[], stdin?: string | Uint8Array, options?: RunOptions): Promise<CommandResult>;
  /** As `kci`, when it has to succeed; answers with its standard output. */
  ok(args: string[], stdin?: string): Promise<string>;
  /** As `ok`, for JSON. */
  json<T>(args: string[], stdin?: string): Promise<T>;
  /** Runs `kci` on a terminal. */
  tty(args: string[], answers?: [prompt: RegExp, text: string][]): Promise<TtyResult>;
  /** Writes a file, below the working folder unless the name is absolute. */
  write(name: string, content: string, mode?: number): string;
  read(name: string): string;
}

export function kciWorkspace(): KciWorkspace {
  const [cwd, home] = [makeTempFolder('cwd'), makeTempFolder('home')];
  const kci: KciWorkspace['kci'] = (args, stdin, options = {}) =>
    runKci(args, { cwd, home, ...(stdin === undefined ? {} : { stdin }), ...options });
  const ok: KciWorkspace['ok'] = async (args, stdin) => {
    const { code, stdout, stderr } = await kci(args, stdin);
    assert.equal(code, 0, `kci ${args.join(' ')}\n${stderr}`);
    return stdout;
  };
  return {
    cwd,
    home,
    kci,
    ok,
    json: async <T>(args: string[], stdin?: string) => JSON.parse(await ok(args, stdin)) as T,
    tty: (args, answers = []) => runKciTty(args, { cwd, home, answers }),
    write(name, content, mode = 0o600) {
      const file = path.resolve(cwd, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
      chmodSync(file, mode);
      return file;
    },
    read: (name) => readFileSync(path.resolve(cwd, name), 'utf8'),
  };
}

interface WithAdmin {
  url: string;
  admin: { username: string; password: string };
}

/** A workspace where `kci login` was run by the admin of a server, so that `--as admin` has admin rights. */
export async function adminWorkspace(server: WithAdmin): Promise<KciWorkspace> {
  const workspace = kciWorkspace();
  const { username, password } = server.admin;
  await workspace.ok(
    ['login', '--api', 'test', '--api-url', server.url, '--username', username],
    `${password}\n`,
  );
  return workspace;
}

/** A workspace with an address and no token. */
export function anonymousWorkspace(server: { url: string }): KciWorkspace {
  const workspace = kciWorkspace();
  workspace.write('kernelci.toml', `[kci]\napi = "test"\n[kci.apis.test]\nurl = "${server.url}"\n`);
  return workspace;
}

/** A name that no other test uses. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(5).toString('hex')}`;
}
