import type { Database } from '../../store/database.ts';
import type { Progress } from '../progress.ts';
import { Report } from '../report.ts';
import { openDump } from './dump-folder.ts';
import { importAccounts } from './import-accounts.ts';
import { importEvents, readNumbering } from './import-events.ts';
import { importNodes } from './import-nodes.ts';
import { importSubscribers } from './import-subscribers.ts';
import { importTelemetry } from './import-telemetry.ts';

/**
 * Takes what a dump of the existing database has and ours has not yet; what is there stays as it is. Broken off, it is
 * run again. Throws an `Error` when the folder holds no dump.
 */
export async function importMongodump(db: Database, folder: string, progress: Progress): Promise<Report> {
  const dump = openDump(folder);
  const importing = { db, dump, report: new Report(), progress };
  await importAccounts(importing);
  await importNodes(importing);
  await importEvents(importing, await readNumbering(importing));
  await importSubscribers(importing);
  await importTelemetry(importing);
  await db.dialect.moving.analyse(db.reader);
  return importing.report;
}
