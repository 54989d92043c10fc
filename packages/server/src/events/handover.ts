import type { EventRow } from '../store/event-row.ts';
import type { ListItem } from '../store/list-items.ts';
import type { Claimed } from './claim-once.ts';

export type LoggedEntry = EventRow;
export type TakenItem = ListItem;
export type ClaimedEntries = Claimed;

/** What a waiting listener is handed. */
export interface Told<T> {
  /** Null: nothing happened while it waited. */
  message: T | null;
  /** How many entries of the log it may have missed, because they were removed before it came for them. */
  missed: number;
}

/** A message on its way to whoever waited for it. */
export interface Handover {
  /** True when it was written to a connection that was still open. */
  readonly outcome: Promise<boolean>;
  /** The receiver is back already, which tells that it has it, unless something says otherwise at once. */
  hurry(): void;
}

/** Somebody who waits for one message. */
export interface Waiter<T> {
  give(told: Told<T>): Handover;
  /** Ends the waiting without a message. */
  refuse(error: Error): void;
}
