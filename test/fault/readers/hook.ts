import type { Random } from '../../helpers/random.ts';
import { startReceiver } from '../../helpers/webhooks.ts';
import type { Client } from '../client.ts';
import { CHANNEL } from '../mark.ts';
import { expectOk, type Guarantee, Reader } from './reader.ts';

/** A service that events are sent to, and that fails now and then. */
export class HookReader extends Reader {
  readonly #random: Random;
  #end = () => {};

  constructor(name: string, client: Client, guarantee: Guarantee, random: Random) {
    super(name, client, guarantee);
    this.#random = random;
  }

  override async begin(): Promise<void> {
    const receiver = await startReceiver(({ event, headers }, response) => {
      if (this.#random.chance(0.005)) return response.destroy();
      if (this.#random.chance(0.005)) return response.writeHead(500).end();
      const isMark = typeof (event.data as Record<string, unknown>).mark === 'string';
      if (headers['webhook-id'] === event.id)
        this.note({ channel: isMark ? CHANNEL : 'node', data: event.data });
      return response.writeHead(204).end();
    });
    expectOk((await this.client.ask('POST', '/webhooks', { json: { url: receiver.url } })).status);
  }

  protected override read(): Promise<void> {
    return new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  override stop(): void {
    super.stop();
    this.#end();
  }
}
