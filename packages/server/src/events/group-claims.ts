import { lockConsumerGroup } from '../store/consumer-groups.ts';
import { undoDeliveries } from '../store/group-entries.ts';
import type { Claimed, ClaimTools } from './claim-once.ts';
import { GroupQueue, type QueueTools, type WaitingClaim } from './group-queue.ts';
import type { Waiter } from './handover.ts';

export interface GroupClaimsOptions extends ClaimTools {
  onError: (error: unknown) => void;
}

/** All who claim entries of consumer groups in this process. */
export class GroupClaims {
  readonly #options: GroupClaimsOptions;
  readonly #tools: QueueTools;
  readonly #queues = new Map<number, GroupQueue>();
  readonly #givenBack = new Set<Promise<void>>();
  #isStopped = false;

  constructor(options: GroupClaimsOptions) {
    this.#options = options;
    this.#tools = {
      ...options,
      giveBack: (groupId, claimed) => this.#giveBack(groupId, claimed),
      idle: (groupId) => {
        if (this.#queues.get(groupId)?.isIdle) this.#queues.delete(groupId);
      },
    };
  }

  /** Hands the waiter what there is for it, once there is something or its time is over. Answers how to give up. */
  claim(groupId: number, claim: WaitingClaim, waiter: Waiter<Claimed>): () => void {
    const queue = this.#queues.get(groupId) ?? new GroupQueue(this.#tools, groupId);
    this.#queues.set(groupId, queue);
    return queue.claim(this.#isStopped ? { ...claim, waitMs: 0 } : claim, waiter);
  }

  /** There may be something for the group, or it has changed. */
  wake(groupId: number): void {
    this.#queues.get(groupId)?.wake();
  }

  /** Ends all waiting: everybody is answered with what there is. */
  async stopWaiting(): Promise<void> {
    this.#isStopped = true;
    await Promise.all([...this.#queues.values()].map((queue) => queue.finish()));
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    await this.stopWaiting();
    await Promise.all(this.#givenBack);
  }

  #giveBack(groupId: number, claimed: Claimed): void {
    const { visibleAt } = claimed;
    const what = claimed.items.map(({ seq, deliveries }) => ({ seq, deliveries, visibleAt }));
    const done = this.#options.db
      .write(async (tx) => {
        if ((await lockConsumerGroup(tx, groupId)) !== undefined) await undoDeliveries(tx, groupId, what);
      })
      .then(() => this.wake(groupId))
      // They are delivered again when their time is over.
      .catch(this.#options.onError)
      .finally(() => this.#givenBack.delete(done));
    this.#givenBack.add(done);
  }
}
