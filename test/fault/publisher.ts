import { setTimeout as delay } from 'node:timers/promises';
import { checkout } from '../helpers/nodes.ts';
import type { Random } from '../helpers/random.ts';
import type { Client } from './client.ts';
import { CHANNEL } from './mark.ts';

const PAUSE_MS = 60;

/** Publishes one event after the other, or makes and changes nodes, and remembers what was acknowledged. */
export class Publisher {
  readonly name: string;
  /** Marks of the acknowledged events, in their order. */
  readonly acknowledged: string[] = [];
  readonly #client: Client;
  readonly #random: Random;
  readonly #nodes: boolean;
  #stopped = false;

  constructor(name: string, client: Client, options: { random: Random; nodes: boolean }) {
    this.name = name;
    this.#client = client;
    this.#random = options.random;
    this.#nodes = options.nodes;
  }

  async run(): Promise<void> {
    for (let n = 0; !this.#stopped; n += 1) {
      const name = `${this.name}-${n}`;
      await (this.#nodes ? this.#node(name) : this.#event(name)).catch(() => this.#client.moveOn());
      await delay(this.#random.below(PAUSE_MS));
    }
    this.#client.close();
  }

  stop(): void {
    this.#stopped = true;
  }

  async #event(mark: string): Promise<void> {
    const json = { data: { mark, padding: 'x'.repeat(this.#random.below(2000)) } };
    const { status } = await this.#client.ask('POST', `/publish/${CHANNEL}`, { json });
    this.#note(mark, status);
  }

  async #node(name: string): Promise<void> {
    const json = checkout({ name });
    const { status, body } = await this.#client.ask<{ id: string }>('POST', '/node', { json });
    this.#note(`${name}:created`, status);
    const change = { json: { state: 'done', result: 'pass' } };
    const changed = await this.#client.ask('PATCH', `/node/${body.id}`, change);
    this.#note(`${name}:updated`, changed.status);
  }

  /** Throws when it was refused for the moment: whether it happened nobody knows. */
  #note(mark: string, status: number): void {
    if (status !== 200) throw new Error(`answered ${status}`);
    this.acknowledged.push(mark);
  }
}
