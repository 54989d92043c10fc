// `npm run test:kci-dev`: tests with kci-dev as it is published, in a Python environment of its own.
import { launch } from '../packages/server/bin/launch.mjs';
import { ensureInstalled } from './ensure-install.mjs';
import { ensurePythonTool } from './python-tool.mjs';

const SCRIPT = 'npm run test:kci-dev';

await ensureInstalled();
process.env.KCI_DEV = ensurePythonTool({
  name: 'kci-dev',
  requirements: 'test/kci-dev/requirements.txt',
  oldest: [3, 10],
  script: SCRIPT,
});
await launch(SCRIPT, import.meta.url, '../test/harness/main.ts');
