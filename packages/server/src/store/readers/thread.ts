// Runs in a thread of its own: answers reads of nodes on a connection of its own.
import { parentPort, workerData } from 'node:worker_threads';
import { StoreUnavailable } from '../errors.ts';
import { type ReadRequest, runRead } from '../node-query/run.ts';
import { beginReading, TooLongForLane } from '../node-query/terms.ts';
import { toNotice } from './failures.ts';
import type { FromReader, Piece, ReaderSetup, ToReader } from './messages.ts';
import { openReadConnection } from './read-connection.ts';

interface Task {
  controller: AbortController;
  /** The text that remains, with the piece that was read in advance. */
  text?: AsyncIterator<string>;
  ahead?: IteratorResult<string>;
}

const port = parentPort;
if (port === null) throw new Error('this module runs in a thread');
const setup = workerData as ReaderSetup;
const connection = await openReadConnection(setup);
const tasks = new Map<number, Task>();

// Text travels as strings: buffers would lie around outside the heap until there are many megabytes of them.
const send = (message: FromReader): void => port.postMessage(message);

/** The next piece, having read the one after it too, so that it is known whether there is one. */
async function nextPiece(task: Task): Promise<Piece> {
  const { text } = task;
  if (text === undefined) return { text: null, done: true };
  const piece = task.ahead ?? (await text.next());
  if (piece.done) return { text: null, done: true };
  task.ahead = await text.next();
  return { text: piece.value, done: task.ahead.done === true };
}

async function start(id: number, task: Task, request: ReadRequest): Promise<void> {
  const reading = beginReading({
    source: connection.source,
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
  send({ id, type: 'answer', ...answer, text: piece });
}

async function goOn(id: number, task: Task): Promise<void> {
  const piece = await nextPiece(task);
  if (piece.done) tasks.delete(id);
  send({ id, type: 'text', piece });
}

function fail(id: number, thrown: unknown): void {
  tasks.delete(id);
  if (thrown instanceof TooLongForLane) send({ id, type: 'tooLong' });
  else send({ id, type: 'failed', error: toNotice(connection.translateError(thrown)) });
}

function begin(id: number, request: ReadRequest): void {
  const task: Task = { controller: new AbortController() };
  tasks.set(id, task);
  start(id, task, request).catch((error: unknown) => fail(id, error));
}

function more(id: number): void {
  const task = tasks.get(id);
  // Without a task, it was begun in a thread that has ended.
  if (task === undefined) fail(id, new StoreUnavailable('the read was cut off'));
  else goOn(id, task).catch((error: unknown) => fail(id, error));
}

function stop(id: number): void {
  tasks.get(id)?.controller.abort();
  tasks.delete(id);
}

async function close(): Promise<void> {
  for (const [id, { controller }] of [...tasks]) {
    fail(id, new StoreUnavailable('the read was cut off'));
    controller.abort();
  }
  await connection.close();
  port?.close();
}

port.on('message', (message: ToReader) => {
  if (message.type === 'read') begin(message.id, message.request);
  else if (message.type === 'more') more(message.id);
  else if (message.type === 'stop') stop(message.id);
  else close();
});
