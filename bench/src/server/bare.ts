import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** Starts the yardstick, which answers the paths with the bodies and every one with the headers. */
export async function startBareServer(answers: {
  headers: Record<string, string>;
  bodies: Record<string, string>;
}): Promise<{ url: string; pid: number; stop(): Promise<void> }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kci-bench-bare-'));
  const file = path.join(folder, 'answers.json');
  writeFileSync(file, JSON.stringify(answers));
  const main = path.join(import.meta.dirname, 'bare-server.ts');
  const child = spawn(process.execPath, [main, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  rmSync(folder, { recursive: true });
  return {
    url,
    pid: child.pid ?? 0,
    stop: async () => {
      process.off('exit', kill);
      kill();
      await exited;
    },
  };
}
