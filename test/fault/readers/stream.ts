import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../helpers/random.ts';
import type { Client } from '../client.ts';
import { expectOk, type Guarantee, Reader } from './reader.ts';

const STALL_MS = 1500;

/** Reads server-sent events, and now and then stops reading for a while with the connection open. */
export class StreamReader extends Reader {
  readonly #random: Random;
  #last: string | undefined;

  constructor(name: string, client: Client, guarantee: Guarantee, random: Random) {
    super(name, client, guarantee);
    this.#random = random;
  }

  override async begin(): Promise<void> {
    const { status, body } = await this.client.ask<{ next: number }>('GET', '/feed?after=latest');
    expectOk(status);
    this.#last = String(body.next);
  }

  protected override async read(): Promise<void> {
    const headers = { 'last-event-id': String(this.#last) };
    const response = await this.client.open('GET', '/feed/stream', { headers });
    expectOk(response.statusCode ?? 0);
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) {
      text += chunk;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) this.#take(block);
      if (this.#random.chance(0.01)) await delay(STALL_MS);
    }
    throw new Error('the stream ended');
  }

  #take(block: string): void {
    const id = /^id: ?(\d+)$/m.exec(block)?.[1];
    const data = /^data: ?(.*)$/m.exec(block)?.[1];
    if (data !== undefined) this.note(JSON.parse(data));
    this.#last = id ?? this.#last;
  }
}
