import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../client.ts';
import { markOf, type Told } from '../mark.ts';

export const AFTER_FAILURE_MS = 40;

/** What a reader may be counted on for. */
export interface Guarantee {
  /** Events of this channel alone; all when absent. */
  channel?: string;
  /** Whether it hears everything. */
  complete: boolean;
  /** Whether what it hears first comes in the order of the log. */
  ordered: boolean;
  /** When it may hear something again. */
  again: 'never' | 'after failures' | 'always';
}

/** A service that reads events until it is stopped, whatever happens to its connection. */
export abstract class Reader {
  readonly name: string;
  readonly guarantee: Guarantee;
  /** Marks, as they came. */
  readonly heard: string[] = [];
  protected readonly client: Client;
  protected isStopped = false;

  constructor(name: string, client: Client, guarantee: Guarantee) {
    this.name = name;
    this.client = client;
    this.guarantee = guarantee;
  }

  get failures(): number {
    return this.client.failures;
  }

  /** What has to be there before anything is published. */
  async begin(): Promise<void> {}

  /** Reads once. Rejects when the connection breaks or the answer is none. */
  protected abstract read(): Promise<void>;

  /** After a failure. */
  protected async recover(): Promise<void> {}

  async run(): Promise<void> {
    while (!this.isStopped) {
      try {
        await this.read();
      } catch {
        if (this.isStopped) return;
        this.client.moveOn();
        await delay(AFTER_FAILURE_MS);
        await this.recover().catch(() => undefined);
      }
    }
  }

  stop(): void {
    this.isStopped = true;
    this.client.close();
  }

  protected note(told: Told): void {
    this.heard.push(markOf(told));
  }
}

export function expectOk(status: number): void {
  if (status !== 200) throw new Error(`answered ${status}`);
}
