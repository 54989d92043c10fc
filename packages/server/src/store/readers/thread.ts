// Runs in a thread of its own: answers reads of nodes on a connection of its own.
import { parentPort, workerData } from 'node:worker_threads';
import { StoreUnavailable } from '../errors.ts';
import { runRead } from '../node-query/run.ts';
import { beginReading, TooLongForLane } from '../node-query/terms.ts';
import { toNotice } from './failures.ts';
import type { FromReader, Piece, ReaderSetup, ToReader } from './messages.ts';
import { openReadConnection } from './read-connection.ts';

interface Task {
  controller: AbortController;
  /** The text that remains, with the piece that was read in advance. */
  text?: AsyncIterator<Uint8Array>;
  ahead?: IteratorResult<Uint8Array>;
}

const port = parentPort;
if (port === null) throw new Error('this module runs in a thread');
const setup = workerData as ReaderSetup;
const connection = await openReadConnection(setup);
const tasks = new Map<number, Task>();

function send(message: FromReader, bytes: Uint8Array | null = null): void {
  // Small pieces share a buffer with others of the pool, which cannot be given away.
  const owned = bytes !== null && bytes.byteLength === bytes.buffer.byteLength;
  port?.postMessage(message, owned ? [bytes.buffer as ArrayBuffer] : []);
}

/** The next piece, having read the one after it too, so that it is known whether there is one. */
async function nextPiece(task: Task): Promise<Piece> {
  const { text } = task;
  if (text === undefined) return { bytes: null, done: true };
  const piece = task.ahead ?? (await text.next());
  if (piece.done) return { bytes: null, done: true };
  task.ahead = await text.next();
  return { bytes: piece.value, done: task.ahead.done === true };
}

async function start(id: number, task: Task, request: Parameters<typeof runRead>[1]): Promise<void> {
  const reading = beginReading({
    ...connection.means,
    signal: task.controller.signal,
    limitMs: setup.limitMs,
    laneMicros: setup.laneMicros,
  });
  const { text, ...answer } = await runRead(reading, request);
  if (text === undefined) {
    tasks.delete(id);
    return send({ id, type: 'answer', ...answer, text });
  }
  task.text = text[Symbol.asyncIterator]();
  const piece = await nextPiece(task);
  if (piece.done) tasks.delete(id);
  send({ id, type: 'answer', ...answer, text: piece }, piece.bytes);
}

async function goOn(id: number, task: Task): Promise<void> {
  const piece = await nextPiece(task);
  if (piece.done) tasks.delete(id);
  send({ id, type: 'text', piece }, piece.bytes);
}

function fail(id: number, thrown: unknown): void {
  tasks.delete(id);
  if (thrown instanceof TooLongForLane) send({ id, type: 'tooLong' });
  else send({ id, type: 'failed', error: toNotice(connection.translateError(thrown)) });
}

port.on('message', (message: ToReader) => {
  const { id } = message;
  if (message.type === 'read') {
    const task: Task = { controller: new AbortController() };
    tasks.set(id, task);
    start(id, task, message.request).catch((error: unknown) => fail(id, error));
    return;
  }
  const task = tasks.get(id);
  if (message.type === 'stop') {
    task?.controller.abort();
    tasks.delete(id);
  } else if (task === undefined) {
    // It was begun in a thread that has ended.
    fail(id, new StoreUnavailable('the read was cut off'));
  } else {
    goOn(id, task).catch((error: unknown) => fail(id, error));
  }
});
