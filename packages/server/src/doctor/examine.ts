import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/env-reader.ts';
import { checkAddress } from './check-address.ts';
import { checkDatabase } from './check-database.ts';
import { checkFolder } from './check-folder.ts';
import { checkMail } from './check-mail.ts';
import { checkReplicas } from './check-replicas.ts';
import { checkRuntime } from './check-runtime.ts';
import { broken, type Finding, good } from './finding.ts';

/** Everything that a server needs, one finding at a time. `read` gives the configuration. */
export async function* examine(read: () => Config): AsyncGenerator<Finding> {
  yield checkRuntime(process.versions.node);
  let config: Config;
  try {
    config = read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    yield* error.problems.map((problem) => broken(problem));
    return;
  }
  yield good('the configuration can be read');
  yield* checkFolder(config);
  yield* await checkDatabase(config);
  yield* checkReplicas(config);
  yield await checkMail(config);
  yield checkAddress(config);
}
