import type { Told } from '../mark.ts';
import { expectOk, Reader } from './reader.ts';

/** Reads the log by long polls, from position to position. */
export class FeedReader extends Reader {
  #after: number | 'latest' = 'latest';

  override async begin(): Promise<void> {
    await this.read();
  }

  protected override async read(): Promise<void> {
    const wait = this.#after === 'latest' ? 0 : 5;
    const path = `/feed?after=${this.#after}&wait=${wait}&limit=20`;
    const { status, body } = await this.client.ask<{ items: Told[]; next: number }>('GET', path);
    expectOk(status);
    for (const entry of body.items) this.note(entry);
    this.#after = body.next;
  }
}
