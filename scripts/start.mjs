// `npm start`: the API server, after installing what is missing.
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureInstalled } from './ensure-install.mjs';

await ensureInstalled();
const command = path.join(
  path.dirname(fileURLToPath(import.meta.url)),
  '../packages/server/bin/kernelci-api.mjs',
);
// In this process when it is the pinned Node, as it is under npm once that is installed.
process.argv.splice(1, 1, command, 'serve');
await import(pathToFileURL(command).href);
