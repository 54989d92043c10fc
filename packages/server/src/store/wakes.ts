import type { WakeTopic } from './database.ts';
import type { EventRow } from './event-row.ts';

/** What one transaction has to tell once it is committed. */
export class News {
  readonly topics = new Set<WakeTopic>();
  readonly entries: EventRow[] = [];

  /** How a transaction takes it down. */
  readonly notes = {
    wake: (topic: WakeTopic): void => {
      this.topics.add(topic);
    },
    appended: (entries: readonly EventRow[]): void => {
      this.entries.push(...entries);
    },
  };

  /** What other processes are to be woken for. */
  get topicsForOthers(): ReadonlySet<WakeTopic> {
    return this.entries.length > 0 ? new Set([...this.topics, 'events']) : this.topics;
  }
}

/** The listeners of one process. */
export class Wakes {
  readonly #listeners = new Map<WakeTopic, Array<() => void>>();
  readonly #readers: Array<(entries: readonly EventRow[]) => void> = [];

  on(topic: WakeTopic, listener: () => void): void {
    const listeners = this.#listeners.get(topic) ?? [];
    listeners.push(listener);
    this.#listeners.set(topic, listeners);
  }

  onAppended(reader: (entries: readonly EventRow[]) => void): void {
    this.#readers.push(reader);
  }

  emit(topics: Iterable<WakeTopic>): void {
    for (const topic of topics) for (const listener of this.#listeners.get(topic) ?? []) listener();
  }

  tell({ topics, entries }: News): void {
    if (entries.length > 0) for (const reader of this.#readers) reader(entries);
    this.emit(topics);
  }
}
