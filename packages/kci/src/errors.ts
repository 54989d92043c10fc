/** Something went wrong that a person can understand and mend; exit code 1. */
export class KciError extends Error {
  override readonly name = 'KciError';
  /** One line that says what to do. */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** The command line cannot be understood; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** The command whose help would tell, such as `kci user find`; undefined: the one that runs. */
  readonly command: string | undefined;

  /** @param message empty when help was printed, which says enough */
  constructor(message: string, command?: string) {
    super(message);
    this.command = command;
  }
}

/** Help or the version was asked for and is printed; exit code 0. */
export class Answered extends Error {
  override readonly name = 'Answered';
}
