/** What a statement can be given. */
export type SqlValue = string | number | null;

/**
 * A piece of SQL with the values in it. Built for reader threads, which run few statements in many forms: a query
 * builder would take them ten megabytes each.
 */
export class Sql {
  /** What stands before, between and behind the values. */
  readonly parts: readonly string[];
  readonly values: readonly SqlValue[];

  constructor(parts: readonly string[], values: readonly SqlValue[]) {
    this.parts = parts;
    this.values = values;
  }

  /** The statement, each value standing as `placeholder` says, which is given its number from 1 on. */
  text(placeholder: (n: number) => string): string {
    return this.parts.reduce((text, part, i) => text + placeholder(i) + part);
  }
}

/** SQL from a template, in which values stay values and pieces of SQL become part of it. */
export function sql(strings: TemplateStringsArray, ...inserted: ReadonlyArray<Sql | SqlValue>): Sql {
  const parts = [strings[0] as string];
  const values: SqlValue[] = [];
  const append = (text: string) => {
    parts[parts.length - 1] += text;
  };
  for (const [i, item] of inserted.entries()) {
    if (item instanceof Sql) {
      append(item.parts[0] as string);
      parts.push(...item.parts.slice(1));
      values.push(...item.values);
    } else {
      parts.push('');
      values.push(item);
    }
    append(strings[i + 1] as string);
  }
  return new Sql(parts, values);
}

/** The pieces or values with something between them. */
export function join(items: ReadonlyArray<Sql | SqlValue>, separator = ', '): Sql {
  const strings = ['', ...Array<string>(Math.max(items.length - 1, 0)).fill(separator), ''];
  return sql(Object.assign(strings.slice(0, items.length + 1), { raw: strings }), ...items);
}

/** The name of a column, table or index. */
export const name = (identifier: string): Sql => new Sql([`"${identifier.replaceAll('"', '""')}"`], []);
