import type { WakeTopic } from './database.ts';

/** The listeners of one process, by topic. */
export class Wakes {
  readonly #listeners = new Map<WakeTopic, Array<() => void>>();

  on(topic: WakeTopic, listener: () => void): void {
    const listeners = this.#listeners.get(topic) ?? [];
    listeners.push(listener);
    this.#listeners.set(topic, listeners);
  }

  emit(topics: Iterable<WakeTopic>): void {
    for (const topic of topics) for (const listener of this.#listeners.get(topic) ?? []) listener();
  }
}
