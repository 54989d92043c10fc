/** What a person is told about a failure. */
export interface Explanation {
  message: string;
  /** One line that says what to do. */
  hint?: string | undefined;
}
