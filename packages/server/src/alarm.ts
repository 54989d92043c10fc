/** A sleep that can be ended early. */
export class Alarm {
  #rung = false;
  #wakeSleeper: (() => void) | undefined;

  /** Ends the sleep; when nobody sleeps, the next sleep ends at once. */
  ring(): void {
    this.#rung = true;
    this.#wakeSleeper?.();
  }

  /** For one sleeper at a time. */
  async sleep(ms: number): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wakeSleeper = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#wakeSleeper = undefined;
    this.#rung = false;
  }
}
