import { fitted, padded, textWidth } from './text-width.ts';

export interface Column<T> {
  title: string;
  text(row: T): string;
  /** Never shortened, such as what one copies. */
  whole?: boolean;
  /** Left out where there is too little room. */
  optional?: boolean;
  /** Adds colours to a text of this column. */
  paint?: ((text: string, row: T) => string) | undefined;
}

const GAP = '  ';
const COMFORTABLE = 20;
const NARROWEST = 6;

interface Sized<T> {
  column: Column<T>;
  cells: string[];
  width: number;
}

/**
 * Lines of a table, the first with the titles.
 * @param room columns of the terminal that they have to fit; undefined: as wide as need be
 */
export function tableLines<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  room: number | undefined,
  paintTitle: (text: string) => string = (text) => text,
): string[] {
  const sized = columns.map((column) => {
    const cells = rows.map((row) => column.text(row));
    const width = cells.reduce((widest, cell) => Math.max(widest, textWidth(cell)), textWidth(column.title));
    return { column, cells, width };
  });
  const shown = room === undefined ? sized : fitInto(sized, room);
  const line = (cellOf: (one: Sized<T>, isLast: boolean) => string) =>
    shown.map((one, at) => cellOf(one, at === shown.length - 1)).join(GAP);
  const cell = (text: string, width: number, isLast: boolean, paint: (text: string) => string) => {
    const short = fitted(text, width);
    // Blanks at the ends of lines help nobody.
    return paint(short) + (isLast ? '' : padded('', width - textWidth(short)));
  };
  return [
    line(({ column, width }, isLast) => cell(column.title, width, isLast, paintTitle)),
    ...rows.map((row, at) =>
      line(({ column, cells, width }, isLast) =>
        cell(cells[at] ?? '', width, isLast, (text) => column.paint?.(text, row) ?? text),
      ),
    ),
  ];
}

/** Shortens the widest as far as they stay easy to read, else leaves out what may be left out, from the right. */
function fitInto<T>(all: readonly Sized<T>[], room: number): Sized<T>[] {
  for (let shown = all; ; ) {
    const narrowed = narrow(shown, room, COMFORTABLE);
    if (total(narrowed) <= room) return narrowed;
    const last = shown.findLastIndex(({ column }) => column.optional === true);
    if (last === -1) return narrow(shown, room, NARROWEST);
    shown = shown.toSpliced(last, 1);
  }
}

function narrow<T>(all: readonly Sized<T>[], room: number, narrowest: number): Sized<T>[] {
  const shown = all.map((one) =>
    one.column.whole === true ? one : { ...one, width: Math.min(one.width, Math.max(room, narrowest)) },
  );
  for (let left = total(shown) - room; left > 0; left -= 1) {
    const flexible = shown.filter(({ column, width }) => column.whole !== true && width > narrowest);
    const widest = flexible.toSorted((a, b) => b.width - a.width)[0];
    if (widest === undefined) break;
    widest.width -= 1;
  }
  return shown;
}

function total<T>(shown: readonly Sized<T>[]): number {
  return shown.reduce((sum, { width }) => sum + width, GAP.length * (shown.length - 1));
}
