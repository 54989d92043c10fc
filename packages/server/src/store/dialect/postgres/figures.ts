import type pg from 'pg';
import type { Executor } from '../../database.ts';
import type { DatabaseFigures } from '../../database-figures.ts';

export function postgresFigures(pool: pg.Pool, reader: Executor): DatabaseFigures {
  return {
    size: async () => {
      const sql = 'select pg_database_size(current_database()) as size';
      const [row] = await reader.run<{ size: number }>({ sql, parameters: [] });
      return row?.size ?? 0;
    },
    pool: () => ({
      inUse: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
  };
}
