/** A row with the same value of a unique column is there already. `column` is `table.column`. */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation';
  readonly column: string;

  constructor(column: string, options?: ErrorOptions) {
    super(`a row with this ${column} exists`, options);
    this.column = column;
  }
}

/** The row is referred to by others, or refers to one that is not there. */
export class ReferenceViolation extends Error {
  override readonly name = 'ReferenceViolation';
}

/** The database cannot be reached or refuses work for now: the same request may succeed later. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
