import type { TableSum } from './checksum.ts';

export const FORMAT = 'kernelci-api export 1';

/** The first line. */
export interface Header {
  format: typeof FORMAT;
  /** Of the server that wrote it. */
  version: string;
  /** ISO 8601. */
  made: string;
  /** The steps of the schema. */
  steps: string[];
  /** The largest number given so far, by table: none is given twice. */
  numbers: Record<string, number>;
  tables: Array<{ name: string; columns: string[] }>;
}

/** Before the rows of a table, which are lists of values in the order of its columns. */
export interface TableLine {
  table: string;
}

/** The last line: without it, the file is not whole. */
export interface Ending {
  end: Record<string, TableSum>;
}
