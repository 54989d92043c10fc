import { examinePostgresReplica } from './dialect/postgres/replicas/examine.ts';

/** Copies of the database that reads of many rows may go to. */
export interface ReplicaOptions {
  urls: readonly string[];
  /** How old what they answer may be. */
  stalenessMs: number;
  /** Called when a replica comes into use, or goes out of it for another reason than being behind. */
  onNews(news: ReplicaNews): void;
}

export interface ReplicaNews {
  /** `host:port/database`. */
  replica: string;
  /** Why it is not used; undefined when it may be. */
  trouble: string | undefined;
}

/** A replica as the server sees it. */
export interface ReplicaStatus {
  /** `host:port/database`. */
  readonly name: string;
  /** How old what it answers now may be, in milliseconds; infinite as long as that is not known. */
  age(): number;
  /** Reads that it has answered. */
  readonly reads: number;
  /** Reads that it could not answer, which the primary was asked again. */
  readonly failedReads: number;
}

/** What was found when a replica was looked at. */
export type ReplicaExam = { name: string } & (
  | { kind: 'useless'; reason: string }
  /** It has caught up within so many milliseconds. */
  | { kind: 'fresh'; lagMs: number }
  /** It has not caught up in time. */
  | { kind: 'behind'; bytes: number; isPaused: boolean }
);

/**
 * Looks at a replica. Its primary is asked how far it is, and the replica given `patienceMs` to come as far.
 * Throws when the primary does not answer.
 */
export function examineReplica(options: {
  primaryUrl: string;
  url: string;
  patienceMs: number;
}): Promise<ReplicaExam> {
  return examinePostgresReplica(options);
}
