import { Connection } from '../client/connection.ts';
import { get } from '../client/requests.ts';

/** The id of the node, or the number that was published, as the text of an event has it. */
const WHAT = /\\"data\\":\{(?:\\"op\\":\\"\w+\\",)?\\"id\\":\\"([0-9a-f]+)\\"/;

type Heard = (what: string, at: number) => void;

/** A connection that listens to one subscription, again and again, until it is closed. */
export class Listening {
  readonly #connection: Connection;
  readonly #request: Buffer;
  readonly #heard: Heard;
  #closed = false;
  /** Rejects when an answer is not an event. */
  readonly ended: Promise<void>;
  count = 0;

  private constructor(connection: Connection, request: Buffer, heard: Heard) {
    this.#connection = connection;
    this.#request = request;
    this.#heard = heard;
    this.ended = this.#run();
    this.ended.catch(() => undefined);
  }

  static async open(
    server: { url: string },
    subscription: { id: number; token: string },
    heard: Heard,
  ): Promise<Listening> {
    const request = get(`listen/${subscription.id}`, subscription.token);
    return new Listening(await Connection.open(server.url), request, heard);
  }

  close(): void {
    this.#closed = true;
    this.#connection.close();
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      const { status, head, body } = await this.#connection.exchange(this.#request, { keepBody: true });
      const at = performance.now();
      if (status !== 200) throw new Error(`a listener is answered ${head}\n${body}`);
      const what = WHAT.exec(body.toString())?.[1];
      if (what === undefined) continue;
      this.count += 1;
      this.#heard(what, at);
    }
  }
}
