import { NODE_KINDS } from '@kernelci/model';
import type { Database, Executor, Tx } from '../../store/database.ts';
import { purgeEvents } from '../../store/events.ts';
import { countKept, tallyOldNodes } from '../../store/old-nodes.ts';
import { type AgingTable, deleteOld, type Tally, tallyOld } from '../../store/old-rows.ts';
import { dropEvents, dropTelemetry } from '../../store/partitions.ts';
import { inBatches, type Pace } from './pace.ts';
import { removeNodes } from './remove-nodes.ts';

/** How long things are kept, in milliseconds; null: for ever. */
export interface Kept {
  nodesMs: number | null;
  eventsMs: number;
  telemetryMs: number;
  auditMs: number | null;
  idempotencyMs: number;
  /** Beyond their expiry. */
  tokensMs: number;
}

/** Things that are older than they are kept. */
export interface OldThings {
  what: string;
  /** They are from before this moment. */
  before: number;
  /** How many would go. */
  tally(x: Executor): Promise<Tally>;
  /** Answers how many it removed. */
  remove(db: Database, pace: Pace): Promise<number>;
}

/** Kinds of nodes that grow old. Checkouts do not: they tell what there was. */
const AGING_KINDS = NODE_KINDS.filter((kind) => kind !== 'checkout');
/** Rows removed in one transaction: it must not hold writers up. */
const BATCH = 300;

const AUDIT: AgingTable = { name: 'audit', key: 'seq', moment: 'time' };
const EVENTS: AgingTable = { name: 'events', key: 'seq', moment: 'time' };
const IDEMPOTENCY: AgingTable = { name: 'idempotency_keys', key: 'key', moment: 'created' };
const TOKENS: AgingTable = { name: 'tokens', key: 'seq', moment: 'expires' };
const TELEMETRY: AgingTable = { name: 'telemetry', key: 'seq', moment: 'ts' };
const DELIVERIES: AgingTable = { name: 'webhook_deliveries', key: 'seq', moment: 'time' };

function oldRows(what: string, table: AgingTable, before: number): OldThings {
  return {
    what,
    before,
    tally: (x) => tallyOld(x, table, before),
    remove: (db, pace) => removeRows(db, pace, (tx) => deleteOld(tx, table, before, BATCH)),
  };
}

function removeRows(db: Database, pace: Pace, remove: (tx: Tx) => Promise<number>): Promise<number> {
  return inBatches(async () => {
    const removed = await db.write(remove);
    return { removed, more: removed === BATCH };
  }, pace);
}

type Drop = (tx: Tx, before: number) => Promise<number | undefined>;

/** Drops whole partitions, as long as there are such that are old. */
function dropPartitions(db: Database, pace: Pace, drop: (tx: Tx) => Promise<number | undefined>) {
  return inBatches(async () => {
    const removed = await db.write(drop);
    return { removed: removed ?? 0, more: removed !== undefined };
  }, pace);
}

/** What is old as a whole goes as a whole; the rest, of which some is not old yet, row by row. */
function partitioned(things: OldThings, drop: Drop): OldThings {
  return {
    ...things,
    remove: async (db, pace) => {
      const dropped = await dropPartitions(db, pace, (tx) => drop(tx, things.before));
      return dropped + (await things.remove(db, pace));
    },
  };
}

/** The log goes in the order of its numbers, and remembers how far. */
function oldEvents(before: number): OldThings {
  const entries: OldThings = {
    ...oldRows('events', EVENTS, before),
    remove: (db, pace) => removeRows(db, pace, (tx) => purgeEvents(tx, before, BATCH)),
  };
  return partitioned(entries, dropEvents);
}

const oldTelemetry = (before: number): OldThings =>
  partitioned(oldRows('telemetry', TELEMETRY, before), dropTelemetry);

function oldNodes(kind: string, before: number): OldThings {
  return {
    what: `nodes: ${kind}`,
    before,
    tally: (x) => tallyOldNodes(x, { kind, before }),
    remove: (db, pace) => removeNodes(db, { kind, before }, pace),
  };
}

/** The moment before which nodes are old; null when they never are. */
const nodesBefore = ({ nodesMs }: Kept, now: number): number | null =>
  nodesMs === null ? null : now - nodesMs;

/** All that grows old, by kind, in the order in which it is removed. */
export function oldThings(kept: Kept, now: number): OldThings[] {
  const before = nodesBefore(kept, now);
  return [
    oldEvents(now - kept.eventsMs),
    oldRows('records of webhooks', DELIVERIES, now - kept.eventsMs),
    oldTelemetry(now - kept.telemetryMs),
    ...(kept.auditMs === null ? [] : [oldRows('audit log', AUDIT, now - kept.auditMs)]),
    oldRows('idempotency keys', IDEMPOTENCY, now - kept.idempotencyMs),
    oldRows('expired tokens', TOKENS, now - kept.tokensMs),
    ...(before === null ? [] : AGING_KINDS.map((kind) => oldNodes(kind, before))),
  ];
}

/** How many nodes are old and stay because of pins. */
export async function countPinnedOld(x: Executor, kept: Kept, now: number): Promise<number> {
  const before = nodesBefore(kept, now);
  if (before === null) return 0;
  let sum = 0;
  for (const kind of AGING_KINDS) sum += await countKept(x, { kind, before });
  return sum;
}
