// `npm run test:kci-dev`: tests with kci-dev as it is published, in a Python environment of its own.
import { testWith } from './python-tool.mjs';

await testWith({
  name: 'kci-dev',
  requirements: 'test/kci-dev/requirements.txt',
  oldest: [3, 10],
  script: 'npm run test:kci-dev',
  variable: 'KCI_DEV',
});
