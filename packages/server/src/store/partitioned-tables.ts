import type { PartitionedTable } from './dialect/partitions.ts';

/** Entries of the log are found by their numbers, and grow old in that order. */
export const EVENTS: PartitionedTable = { name: 'events', key: 'seq', moment: 'time' };
export const TELEMETRY: PartitionedTable = { name: 'telemetry', key: 'ts', moment: 'ts' };

export const PARTITIONED = [EVENTS, TELEMETRY] as const;
