import { statSync } from 'node:fs';
import type { Executor } from '../../database.ts';
import type { DatabaseFigures } from '../../database-figures.ts';

export function sqliteFigures(file: string, reader: Executor): DatabaseFigures {
  return {
    size: async () => {
      const sql = 'select page_count * page_size as size from pragma_page_count(), pragma_page_size()';
      const [row] = await reader.run<{ size: number }>({ sql, parameters: [] });
      return row?.size ?? 0;
    },
    // The file is what a disk has to have room for. It grows beyond its usual length while a long read goes on.
    logLength: () => statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0,
  };
}
