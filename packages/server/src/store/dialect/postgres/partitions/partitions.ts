import type { PartitionsDialect } from '../../partitions.ts';
import { divide } from './divide.ts';
import { drop } from './drop.ts';
import { prepare, state } from './prepare.ts';

export const postgresPartitions: PartitionsDialect = { divide, prepare, drop, state };
