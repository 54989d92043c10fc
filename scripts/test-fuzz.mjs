// `npm run test:fuzz`: schemathesis asks everything that our OpenAPI document describes.
import { launch } from '../packages/server/bin/launch.mjs';
import { ensureInstalled } from './ensure-install.mjs';
import { ensurePythonTool } from './python-tool.mjs';

const SCRIPT = 'npm run test:fuzz';

await ensureInstalled();
process.env.SCHEMATHESIS = ensurePythonTool({
  name: 'schemathesis',
  requirements: 'test/fuzz/requirements.txt',
  oldest: [3, 11],
  script: SCRIPT,
});
await launch(SCRIPT, import.meta.url, '../test/harness/main.ts');
