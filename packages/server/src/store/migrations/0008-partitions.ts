import { PARTITIONED } from '../partitioned-tables.ts';
import type { SchemaStep } from './schema-step.ts';

/** What is kept for a time only goes by partitions, where the engine has them. */
export const createPartitions: SchemaStep = async (db, dialect) => {
  await dialect.partitions?.divide(db, PARTITIONED);
};
