import { printable } from '../output/printable.ts';

/** Results go to standard output, everything else to standard error. */
export interface Streams {
  /** A line of the result, as it is. */
  result(line: string): void;
  /** A remark for the person at the keyboard. */
  note(line: string): void;
  warn(line: string): void;
}

export const streams: Streams = {
  result: (line) => void process.stdout.write(`${line}\n`),
  note: (line) => void process.stderr.write(`${printable(line)}\n`),
  warn: (line) => void process.stderr.write(`Warning: ${printable(line)}\n`),
};

/** A reader such as `head` that has seen enough ends the command quietly. */
export function endQuietlyOnBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(1);
      throw error;
    });
  }
}
