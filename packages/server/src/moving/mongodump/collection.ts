import { statSync } from 'node:fs';
import type { Database } from '../../store/database.ts';
import type { Progress } from '../progress.ts';
import type { Report, Tally } from '../report.ts';
import { DamagedDump, documentsIn } from './documents.ts';
import type { DumpFolder } from './dump-folder.ts';
import { LeftOut } from './plain.ts';

export interface Importing {
  db: Database;
  dump: DumpFolder;
  report: Report;
  progress: Progress;
}

/**
 * Hands over the documents of a collection, some at a time, and shows how far it is. A file that is damaged is told in
 * the report; what is before the damage is taken.
 */
export async function eachBatch(
  { dump, report, progress }: Importing,
  names: { collection: string; title: string },
  take: (documents: Buffer[], tally: Tally) => Promise<void>,
): Promise<void> {
  const file = dump.file(names.collection);
  if (file === undefined) return;
  const tally = report.of(names.title);
  let count = 0;
  progress.begin(names.title, statSync(file).size);
  try {
    for await (const { documents, read } of documentsIn(file)) {
      await take(documents, tally);
      count += documents.length;
      progress.at(read, count);
    }
  } catch (error) {
    if (!(error instanceof DamagedDump)) throw error;
    tally.leaveOut(`the rest of the file: ${error.message}`, file);
  }
  progress.end(count);
}

/** What `make` makes of the document; undefined when it is left out, which the tally then tells. */
export function attempt<T>(tally: Tally, name: () => string, make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof LeftOut)) throw error;
    tally.leaveOut(error.message, name());
    return undefined;
  }
}
