/** Asks for what must not, or need not, stand on the command line. */
export interface Prompter {
  /**
   * An answer that is shown while it is typed.
   * @throws KciError when the input ends instead
   */
  text(prompt: string): Promise<string>;
  /** An answer that is not shown. */
  secret(prompt: string): Promise<string>;
  /** Gives the input back; nothing can be asked afterwards. */
  close(): void;
}

/**
 * Prompts on a terminal; reads plain lines, one for each answer, from anything else.
 * @param interrupt what to do when the user presses Ctrl-C
 */
export async function openPrompter(interrupt: () => void): Promise<Prompter> {
  if (process.stdin.isTTY) {
    const { TerminalPrompter } = await import('./terminal-prompter.ts');
    return new TerminalPrompter(process.stdin, interrupt);
  }
  const { LinePrompter } = await import('./line-prompter.ts');
  return new LinePrompter(process.stdin);
}
