import type { Executor } from '../database.ts';
import type { Dialect } from '../dialect/dialect.ts';

/** A step of the schema: written once for both engines. */
export type SchemaStep = (db: Executor['sql'], dialect: Dialect) => Promise<void>;
