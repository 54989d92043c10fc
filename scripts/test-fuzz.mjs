// `npm run test:fuzz`: schemathesis asks everything that our OpenAPI document describes.
import { testWith } from './python-tool.mjs';

await testWith({
  name: 'schemathesis',
  requirements: 'test/fuzz/requirements.txt',
  oldest: [3, 11],
  script: 'npm run test:fuzz',
  variable: 'SCHEMATHESIS',
});
