import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../helpers/random.ts';
import type { Client } from '../client.ts';
import { AFTER_FAILURE_MS, expectOk, type Guarantee, Reader } from './reader.ts';

export interface Manner {
  /** Durable subscribers have one. */
  subscriberId?: string;
  /** Subscribes again after each failure. */
  resubscribes?: boolean;
  /** Gives up now and then, at any moment, as a client does that crashes or whose time limit is short. */
  impatient?: Random;
}

/** Listens to a subscription. */
export class ListeningReader extends Reader {
  readonly #manner: Manner;
  #id = 0;

  constructor(name: string, client: Client, guarantee: Guarantee & { channel: string }, manner: Manner) {
    super(name, client, guarantee);
    this.#manner = manner;
  }

  override async begin(): Promise<void> {
    const { subscriberId } = this.#manner;
    const query = subscriberId === undefined ? '' : `?subscriber_id=${subscriberId}`;
    const path = `/subscribe/${this.guarantee.channel}${query}`;
    const { status, body } = await this.client.ask<{ id: number }>('POST', path);
    expectOk(status);
    this.#id = body.id;
  }

  protected override async read(): Promise<void> {
    const { impatient } = this.#manner;
    const signal = impatient?.chance(0.1) ? AbortSignal.timeout(impatient.below(150)) : undefined;
    const { status, body } = await this.client.ask<{ channel: string; data: string }>(
      'GET',
      `/listen/${this.#id}`,
      signal === undefined ? {} : { signal },
    );
    expectOk(status);
    const { data } = JSON.parse(body.data);
    if (data !== 'BEEP') this.note({ channel: body.channel, data });
  }

  protected override async recover(): Promise<void> {
    while (this.#manner.resubscribes && !this.isStopped) {
      try {
        return await this.begin();
      } catch {
        this.client.moveOn();
        await delay(AFTER_FAILURE_MS);
      }
    }
  }
}
