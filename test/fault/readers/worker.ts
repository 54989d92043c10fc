import type { Random } from '../../helpers/random.ts';
import type { Client } from '../client.ts';
import type { Told } from '../mark.ts';
import { expectOk, type Guarantee, Reader } from './reader.ts';

/** Consumer groups of the storm: entries come again soon, and never count as dead. */
const GROUP = { visibility_seconds: 2, max_deliveries: 1000 };

/** A worker of a consumer group, which forgets now and then what it has taken. */
export class GroupWorker extends Reader {
  readonly #group: string;
  readonly #random: Random;

  constructor(
    name: string,
    client: Client,
    guarantee: Guarantee,
    options: { group: string; random: Random },
  ) {
    super(name, client, guarantee);
    this.#group = options.group;
    this.#random = options.random;
  }

  override async begin(): Promise<void> {
    expectOk((await this.client.ask('PUT', `/feed/groups/${this.#group}`, { json: GROUP })).status);
  }

  protected override async read(): Promise<void> {
    const json = { limit: 1 + this.#random.below(8), wait: 2, worker: this.name };
    const path = `/feed/groups/${this.#group}`;
    const { status, body } = await this.client.ask<{ items: (Told & { sequence_id: number })[] }>(
      'POST',
      `${path}/claim`,
      { json },
    );
    expectOk(status);
    // It dies before it has done something with them.
    if (this.#random.chance(0.03)) return;
    for (const entry of body.items) this.note(entry);
    const done = { sequence_ids: body.items.map((entry) => entry.sequence_id) };
    if (done.sequence_ids.length > 0)
      expectOk((await this.client.ask('POST', `${path}/ack`, { json: done })).status);
  }
}
