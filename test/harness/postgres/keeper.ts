// A process of its own that starts a throw-away PostgreSQL and stops it when its standard input ends, which
// also happens when the test runner is killed. Prints one line of JSON: { url, pid, version } or { error }.
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findBinaries } from './binaries.ts';
import { startPostgres, stopPostgres } from './server.ts';
import { unprivilegedUser } from './unprivileged-user.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: keeper.ts FOLDER');

writeFileSync(path.join(folder, 'keeper.pid'), `${process.pid}\n`);

const ownerIsGone = new Promise<void>((resolve) => {
  process.stdin.resume().once('end', resolve).once('error', resolve);
  process.once('SIGTERM', () => resolve());
});
// Nobody may be left to read what is printed.
process.stdout.on('error', () => undefined);

try {
  const user = unprivilegedUser();
  const binaries = findBinaries(user, folder);
  const server = await startPostgres(binaries, folder, user);
  process.stdout.write(
    `${JSON.stringify({ url: server.url, pid: server.pid, version: binaries.version })}\n`,
  );
  await ownerIsGone;
  await stopPostgres(server);
} catch (error) {
  process.stdout.write(
    `${JSON.stringify({ error: error instanceof Error ? error.message : String(error) })}\n`,
  );
}
rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
process.exit();
