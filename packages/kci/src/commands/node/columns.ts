import type { Node } from '@kernelci/model';
import { jsonSource } from '../../output/json-source.ts';
import type { Column } from '../../output/table.ts';
import { NOTHING, oneLine, paintResult, paintState, shortTime } from './look.ts';

type Part = Partial<Node>;

const USUAL: readonly Column<Part>[] = [
  { title: 'ID', text: at('id'), whole: true },
  { title: 'KIND', text: at('kind'), whole: true },
  { title: 'NAME', text: at('name') },
  { title: 'STATE', text: at('state'), whole: true, paint: paintState },
  { title: 'RESULT', text: at('result'), whole: true, paint: paintResult },
  { title: 'CREATED', text: (node) => shortTime(at('created')(node)), whole: true, optional: true },
];

/** The columns of a table: those that are asked for, or the usual ones. */
export function nodeColumns(fields: readonly string[] | undefined): readonly Column<Part>[] {
  if (fields === undefined) return USUAL;
  return fields.map((field) => {
    const usual = USUAL.find(({ title }) => title === field.toUpperCase());
    return { title: field.toUpperCase(), text: at(field), whole: usual?.whole ?? false, paint: usual?.paint };
  });
}

/** The text of what a dotted name leads to. */
function at(field: string): (node: Part) => string {
  const keys = field.split('.');
  return (node) => {
    const value = keys.reduce<unknown>(valueUnder, node);
    if (value === undefined || value === null) return NOTHING;
    return oneLine(typeof value === 'string' ? value : jsonSource(value));
  };
}

/** In a list, what its elements have under the key. */
function valueUnder(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Object.hasOwn(value, key)) return (value as Record<string, unknown>)[key];
  if (!Array.isArray(value)) return undefined;
  const found = value.map((element) => valueUnder(element, key)).filter((one) => one !== undefined);
  return found.length === 0 ? undefined : found;
}
