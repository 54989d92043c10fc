import path from 'node:path';
import { test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { onOneEngine } from '../helpers/engines.ts';
import { followThroughKills } from '../helpers/follower.ts';
import { PROJECT_ROOT } from '../helpers/project.ts';
import { startServer } from '../helpers/server.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

onOneEngine('the consumer of the documentation in Python, while it and the server are killed', (engine) => {
  test('tells of every job', async () => {
    const server = await startServer({ engine });
    const command = ['python3', path.join(PROJECT_ROOT, 'docs/examples/follow.py'), 'position'];
    const token = await adminToken(server);
    await followThroughKills(server, token, { command, cwd: makeTempFolder('follow') });
  });
});
