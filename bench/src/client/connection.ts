import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { AnswerReader } from './answer-reader.ts';

export interface Answer {
  status: number;
  /** From the request's first byte to the answer's last, in milliseconds. */
  ms: number;
  /** Of the body. */
  bytes: number;
  head: string;
  /** Empty unless asked for. */
  body: Buffer;
}

/**
 * One kept-alive connection with one request under way. Written for benchmarks: it costs a few microseconds a
 * request, so that on two cores the client does not slow the server down.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #reader = new AnswerReader();
  #sent = 0;
  #waiting: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  static async open(url: string): Promise<Connection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new Connection(socket);
  }

  exchange(request: Buffer | string, options: { keepBody?: boolean } = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#reader.begin(options.keepBody ?? false);
      this.#sent = performance.now();
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    if (!this.#reader.feed(chunk)) return;
    const { status, bytes, head } = this.#reader;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve({ status, bytes, head, ms: performance.now() - this.#sent, body: this.#reader.body() });
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}
