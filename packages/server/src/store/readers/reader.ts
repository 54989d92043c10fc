import { once } from 'node:events';
import { getCompileCacheDir } from 'node:module';
import { dirname, extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { StoreUnavailable } from '../errors.ts';
import { ReadCancelled } from '../node-query/reading.ts';
import type { ReadRequest } from '../node-query/run.ts';
import { fromNotice } from './failures.ts';
import type { FromReader, ReaderSetup, ToReader } from './messages.ts';

// The thread's module is TypeScript in the work tree and JavaScript in a package, as this one is.
const THREAD = new URL(`./thread${extname(import.meta.url)}`, import.meta.url);
// A thread that finds what the process keeps compiled takes half the memory of one that compiles everything anew.
const ENTRY = `
  const { enableCompileCache, flushCompileCache } = require('node:module');
  const { thread, compileCache } = require('node:worker_threads').workerData;
  if (compileCache !== undefined) enableCompileCache(compileCache);
  import(thread).then(() => flushCompileCache());
`;
/** Of the thread's JavaScript, in megabytes; what it reads from the database lies outside. */
const HEAP = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 4 };
/** A thread that is silent for so much longer than a read may take is stuck. */
const GRACE_MS = 15_000;
const CLOSE_MS = 2000;

type Reply = FromReader;
interface Waiting {
  resolve(reply: Reply): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

/** One thread that reads from the file. It is started when it is first used, and again after it has ended. */
export class Reader {
  readonly #setup: ReaderSetup;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = 0;
  #isClosed = false;

  constructor(setup: ReaderSetup) {
    this.#setup = setup;
  }

  /** Starts a read. Rejects with what it throws, and with `ReadCancelled` as soon as the signal says so. */
  async read(request: ReadRequest, signal: AbortSignal): Promise<{ id: number; reply: Reply }> {
    this.#lastId += 1;
    const id = this.#lastId;
    return { id, reply: await this.#ask({ type: 'read', id, request }, signal) };
  }

  /** The next piece of a read's text. */
  more(id: number, signal: AbortSignal): Promise<Reply> {
    return this.#ask({ type: 'more', id }, signal);
  }

  /** Nothing more of the read is wanted. */
  stop(id: number): void {
    this.#worker?.postMessage({ type: 'stop', id } satisfies ToReader);
  }

  /** Lets the thread close its connection; one that does not is ended. Reads under way are cut off. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const worker = this.#worker;
    if (worker === undefined) return;
    const exited = once(worker, 'exit');
    worker.postMessage({ type: 'close' } satisfies ToReader);
    const timer = setTimeout(() => worker.terminate(), CLOSE_MS);
    await exited;
    clearTimeout(timer);
  }

  #ask(message: Extract<ToReader, { id: number }>, signal: AbortSignal): Promise<Reply> {
    const { id } = message;
    return new Promise<Reply>((resolve, reject) => {
      if (signal.aborted) return reject(new ReadCancelled());
      if (this.#isClosed) return reject(new StoreUnavailable('the reader is closed'));
      const cancel = () => {
        this.#settle(id)?.reject(new ReadCancelled());
        this.stop(id);
      };
      const timer = setTimeout(() => this.#replace(), this.#setup.limitMs + GRACE_MS);
      signal.addEventListener('abort', cancel, { once: true });
      const forget = () => signal.removeEventListener('abort', cancel);
      this.#waiting.set(id, {
        timer,
        resolve: (reply) => {
          forget();
          resolve(reply);
        },
        reject: (error) => {
          forget();
          reject(error);
        },
      });
      this.#running().postMessage(message);
    });
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    clearTimeout(waiting?.timer);
    return waiting;
  }

  #running(): Worker {
    if (this.#worker) return this.#worker;
    const cache = getCompileCacheDir();
    const compileCache = cache === undefined ? undefined : dirname(cache);
    const worker = new Worker(ENTRY, {
      eval: true,
      workerData: { ...this.#setup, thread: THREAD.href, compileCache },
      resourceLimits: HEAP,
    });
    worker.on('message', (reply: Reply) => {
      const waiting = this.#settle(reply.id);
      if (reply.type === 'failed') waiting?.reject(fromNotice(reply.error));
      else waiting?.resolve(reply);
    });
    worker.on('error', (error) => this.#lost(worker, error));
    worker.on('exit', () => this.#lost(worker, undefined));
    this.#worker = worker;
    return worker;
  }

  /** Ends a thread that does not answer; the next read starts a new one. */
  #replace(): void {
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#lost(worker, new Error('it did not answer'));
    worker.terminate();
  }

  #lost(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const id of [...this.#waiting.keys()]) {
      this.#settle(id)?.reject(new StoreUnavailable('the reader thread ended', { cause }));
    }
  }
}
