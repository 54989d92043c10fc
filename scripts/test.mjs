// `npm test`: the whole suite on both engines, after installing what is missing.
import { launch } from '../packages/server/bin/launch.mjs';
import { ensureInstalled } from './ensure-install.mjs';

await ensureInstalled();
await launch('npm test', import.meta.url, '../test/harness/main.ts');
