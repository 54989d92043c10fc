import { SECOND } from '@kernelci/model';
import type { Metrics, TRANSACTION_OUTCOMES } from '../metrics.ts';
import type { Database } from '../store/database.ts';
import { StoreUnavailable } from '../store/errors.ts';

/** The database, with how long its transactions take told to the metrics. */
export function measured(db: Database, { transactions }: Metrics): Database {
  const told = (outcome: (typeof TRANSACTION_OUTCOMES)[number]) => transactions.labels({ outcome });
  const committed = told('committed');
  const rolledBack = told('rolled_back');
  const unavailable = told('unavailable');
  return {
    ...db,
    write: async (command) => {
      const begun = performance.now();
      try {
        const result = await db.write(command);
        committed.observe((performance.now() - begun) / SECOND);
        return result;
      } catch (error) {
        const outcome = error instanceof StoreUnavailable ? unavailable : rolledBack;
        outcome.observe((performance.now() - begun) / SECOND);
        throw error;
      }
    },
  };
}
