import path from 'node:path';
import { before, test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { followThroughKills } from '../helpers/follower.ts';
import { anonymousWorkspace } from '../helpers/kci-workspace.ts';
import { PROJECT_ROOT } from '../helpers/project.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const example = (name: string): string => path.join(PROJECT_ROOT, 'docs/examples', name);

forEachEngine('the consumers of the documentation, while they and the server are killed', (engine) => {
  let server: TestServer;
  let token: string;

  before(async () => {
    server = await startServer({ engine });
    token = await adminToken(server);
  });

  test('in TypeScript', async () => {
    const command = [process.execPath, example('follow.ts'), 'position'];
    await followThroughKills(server, token, { command, cwd: anonymousWorkspace(server).cwd });
  });

  test('in shell', async () => {
    const command = ['sh', example('follow.sh'), 'position'];
    await followThroughKills(server, token, { command, cwd: anonymousWorkspace(server).cwd });
  });
});
