import { setImmediate as nextTurn } from 'node:timers/promises';
import { type EventFilter, holdsFor } from '../domain/events/event-filter.ts';
import { eventFilterOf } from '../domain/events/stored-filter.ts';
import { listGroupsByPosition } from '../store/consumer-groups.ts';
import type { Executor } from '../store/database.ts';
import { scanEvents } from '../store/event-scan.ts';
import { lastSeq } from '../store/events.ts';
import { listDurable, type SubscriptionRow } from '../store/subscriptions.ts';

/** Followers of one kind that are told of, those furthest behind; … */
const TOLD = 50;
/** … and that are looked at. */
const KNOWN = 1000;
/** Entries looked at for one follower in one go, … */
const SCAN = 500;
/** … and held in memory of those whose data has to be looked at too. */
const ROWS = 100;

interface Webhook {
  id: string;
  revision: number;
  filter: EventFilter;
  /** All entries up to here are delivered or none of its own. */
  seen: number;
}

export interface Behind {
  kind: 'subscriber' | 'group' | 'webhook';
  /** What its owner calls it; of a webhook, its id. */
  name: string;
  /** From the first entry that it has not had yet to the end of the log; 0 when none is for it. */
  entries: number;
}

interface Follower extends Pick<Behind, 'kind' | 'name'> {
  /** Changes with what it wants. */
  key: string;
  filter: () => EventFilter;
  /** All up to here it has had, or is none of its own. */
  position: number;
}

/** None of the entries behind the one and up to the other is for somebody. */
interface Passed {
  after: number;
  through: number;
}

interface Sources {
  reader: Executor;
  /** How far a subscription is known to have come in this process; 0 when nothing is known. */
  heardBy: (subscription: SubscriptionRow) => number;
  /** Those that are delivered to. */
  webhooks: () => Iterable<Webhook>;
}

/**
 * How far who follows the log is behind. Positions are stored when something is handed over, not with every entry that
 * is none of the follower's own: of who seems to be behind, the log is looked at for the first entry that it waits
 * for. That goes on, some entries at a time, where it ended the last time.
 */
export class EventLag {
  readonly #sources: Sources;
  #passed = new Map<string, Passed>();

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** Those furthest behind first, of each kind no more than are worth showing. */
  async read(): Promise<Behind[]> {
    // Asked first: nobody is taken to be behind for what came while the others were looked at.
    const end = await lastSeq(this.#sources.reader);
    const followers = [...(await this.#subscribers()), ...(await this.#groups()), ...this.#webhooks()];
    const passed = new Map<string, Passed>();
    const told: Behind[] = [];
    for (const kind of Map.groupBy(followers, (follower) => follower.kind).values()) {
      for (const follower of kind) passed.set(follower.key, this.#known(follower));
      const through = ({ key }: Follower) => passed.get(key)?.through ?? 0;
      const last = kind.sort((a, b) => through(a) - through(b)).slice(0, TOLD);
      for (const follower of last) await this.#pass(follower, passed, end);
      const behind = last.map((each) => ({ ...each, entries: Math.max(0, end - through(each)) }));
      told.push(...behind.sort((a, b) => b.entries - a.entries));
    }
    this.#passed = passed;
    return told;
  }

  #known({ key, position }: Follower): Passed {
    const passed = this.#passed.get(key);
    if (passed === undefined || position < passed.after || position >= passed.through)
      return { after: position, through: position };
    return passed;
  }

  /** Looks on in the log for what the follower waits for. */
  async #pass({ key, filter: filterOf }: Follower, passed: Map<string, Passed>, end: number): Promise<void> {
    const known = passed.get(key);
    if (known === undefined || known.through >= end) return;
    await nextTurn();
    const filter = filterOf();
    const limit = filter.test === null ? 1 : ROWS;
    const window = { after: known.through, through: end, entries: SCAN, limit };
    const { rows, through } = await scanEvents(this.#sources.reader, filter.selection, window);
    const own = rows.find((row) => holdsFor(filter, row));
    passed.set(key, { after: known.after, through: own === undefined ? through : own.seq - 1 });
  }

  async #subscribers(): Promise<Follower[]> {
    const rows = await listDurable(this.#sources.reader, KNOWN);
    return rows.map((row) => {
      const { id, generation, channel, promiscuous, username, cursor, delivered } = row;
      const visible = promiscuous === 1 ? {} : { visibleTo: username };
      return {
        kind: 'subscriber',
        name: row.subscriber_id ?? '',
        key: `subscriber ${id} ${generation}`,
        filter: () => ({ selection: { channel, listed: true, ...visible }, test: null }),
        position: Math.max(cursor, delivered ?? 0, this.#sources.heardBy(row)),
      };
    });
  }

  async #groups(): Promise<Follower[]> {
    const rows = await listGroupsByPosition(this.#sources.reader, KNOWN);
    return rows.map((row) => ({
      kind: 'group',
      name: row.name,
      key: `group ${row.id} ${row.channel} ${row.filter}`,
      filter: () => eventFilterOf(row),
      position: row.position,
    }));
  }

  #webhooks(): Follower[] {
    return [...this.#sources.webhooks()].map(({ id, revision, filter, seen }) => ({
      kind: 'webhook',
      name: id,
      key: `webhook ${id} ${revision}`,
      filter: () => filter,
      position: seen,
    }));
  }
}
