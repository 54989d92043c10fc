// Runs in a thread of its own: brings what has been committed from the log of the SQLite file into the file itself.
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/** Pages of 4 KB that are worth a turn. */
const WORTHWHILE = 1000;

interface Progress {
  /** Pages in the log. */
  log: number;
  /** Those of them that are in the file. */
  checkpointed: number;
}

const { file } = workerData as { file: string };
const raw = new DatabaseSync(file);
const ask = raw.prepare('PRAGMA wal_checkpoint(NOOP)');
// Never waits for readers nor holds up the writer.
const act = raw.prepare('PRAGMA wal_checkpoint(PASSIVE)');

parentPort?.on('message', (message: 'checkpoint' | 'close') => {
  if (message === 'close') {
    raw.close();
    parentPort?.close();
    return;
  }
  const { log, checkpointed } = ask.get() as unknown as Progress;
  if (log - checkpointed >= WORTHWHILE) act.get();
  parentPort?.postMessage('done');
});
