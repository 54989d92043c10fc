import { matchesEvent } from '../domain/events/event-filter.ts';
import { type Claimed, type ClaimRequest, type ClaimTools, claimOnce } from './claim-once.ts';
import type { Waiter } from './handover.ts';

/** Other instances give entries back without a word: so often it is looked for them. */
const POLL_MS = 1000;

export interface WaitingClaim extends ClaimRequest {
  /** How long it may take until there is something; 0: it is answered with what there is. */
  waitMs: number;
}

interface Waiting {
  claim: ClaimRequest;
  waiter: Waiter<Claimed>;
  timer: NodeJS.Timeout | undefined;
  /** It is not to wait any longer. */
  isOverdue: boolean;
  missed: number;
}

export interface QueueTools extends ClaimTools {
  /** The entries did not come to whom they were for. */
  giveBack(groupId: number, claimed: Claimed): void;
  idle(groupId: number): void;
}

/** Those who claim entries of one group in this process, served in the order in which they came. */
export class GroupQueue {
  readonly #tools: QueueTools;
  readonly #groupId: number;
  readonly #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  /** Something may have changed since the last look. */
  #isRoused = false;
  #rouse: (() => void) | undefined;

  constructor(tools: QueueTools, groupId: number) {
    this.#tools = tools;
    this.#groupId = groupId;
  }

  /** Answers how to give up. */
  claim({ waitMs, ...claim }: WaitingClaim, waiter: Waiter<Claimed>): () => void {
    const waiting: Waiting = { claim, waiter, timer: undefined, isOverdue: waitMs === 0, missed: 0 };
    const overdue = () => {
      waiting.isOverdue = true;
      this.wake();
    };
    if (waitMs > 0) waiting.timer = setTimeout(overdue, waitMs);
    this.#waiting.push(waiting);
    this.wake();
    this.#start();
    return () => {
      this.#take(waiting);
      this.wake();
    };
  }

  get isIdle(): boolean {
    return this.#running === undefined;
  }

  /** There may be something for the group. */
  wake(): void {
    this.#isRoused = true;
    this.#rouse?.();
  }

  /** Nobody is to wait any longer. Resolves when all are answered. */
  async finish(): Promise<void> {
    for (const waiting of this.#waiting) waiting.isOverdue = true;
    this.wake();
    await this.#running;
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      // Somebody may have come right at the end.
      if (this.#waiting.length > 0) this.#start();
      else this.#tools.idle(this.#groupId);
    });
  }

  #take(waiting: Waiting): boolean {
    const at = this.#waiting.indexOf(waiting);
    if (at < 0) return false;
    this.#waiting.splice(at, 1);
    clearTimeout(waiting.timer);
    return true;
  }

  async #run(): Promise<void> {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      this.#isRoused = false;
      // Those who come later are not answered with what was found before.
      const present = [...this.#waiting];
      try {
        const claimed = await claimOnce(this.#tools, this.#groupId, first.claim);
        await this.#serve(claimed, first, present);
      } catch (error) {
        const reason = error instanceof Error ? error : new Error(String(error));
        for (const waiting of present) if (this.#take(waiting)) waiting.waiter.refuse(reason);
      }
    }
  }

  async #serve(claimed: Claimed, first: Waiting, present: readonly Waiting[]): Promise<void> {
    first.missed += claimed.missed;
    if (claimed.items.length > 0) {
      if (this.#take(first)) this.#hand(claimed, first);
      else this.#tools.giveBack(this.#groupId, claimed);
      return;
    }
    for (const waiting of present) {
      if (waiting.isOverdue && this.#take(waiting)) this.#hand(claimed, waiting);
    }
    if (!claimed.hasMore && this.#waiting.length > 0) await this.#news(claimed);
  }

  #hand(claimed: Claimed, { waiter, missed }: Waiting): void {
    const { outcome } = waiter.give({ message: claimed, missed });
    if (claimed.items.length === 0) return;
    outcome.then((came) => {
      if (!came) this.#tools.giveBack(this.#groupId, claimed);
    });
  }

  /** Resolves when there may be something for the group. */
  #news({ position, filter, nextDue }: Claimed): Promise<void> {
    const { feed, clock } = this.#tools;
    const ms = Math.min(POLL_MS, Math.max(0, (nextDue ?? Number.POSITIVE_INFINITY) - clock()));
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        unfollow();
        this.#rouse = undefined;
        resolve();
      };
      const unfollow = feed.follow((entries) => {
        if (entries.some((entry) => entry.seq > position && matchesEvent(filter, entry))) done();
      });
      const timer = setTimeout(done, ms);
      this.#rouse = done;
      if (this.#isRoused || feed.tail > position) done();
    });
  }
}
