/** JSON that is sent as it is written: numbers keep their digits, and keys their order. */
export class RawJson {
  readonly text: string;

  /** @param text valid JSON */
  constructor(text: string) {
    this.text = text;
  }
}
