// `npm run test:kci-dev`: tests with kci-dev as it is published, in a Python environment of its own.
import { launch } from '../packages/server/bin/launch.mjs';
import { ensureInstalled } from './ensure-install.mjs';
import { ensureKciDev } from './kci-dev.mjs';

await ensureInstalled();
process.env.KCI_DEV = ensureKciDev();
await launch('npm run test:kci-dev', import.meta.url, '../test/harness/main.ts');
