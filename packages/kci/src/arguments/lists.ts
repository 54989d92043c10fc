/** Gathers the values of an option that may be repeated. */
export function collect(value: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

/** As `collect`, where one value may also hold several, separated by commas or blanks. */
export function collectWords(value: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), ...value.split(/[\s,]+/).filter((word) => word !== '')];
}
