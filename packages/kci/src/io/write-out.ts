import { once } from 'node:events';

/** Writes text to standard output as fast as it is read there. */
export async function writeOut(chunks: AsyncIterable<string>): Promise<void> {
  for await (const chunk of chunks) {
    if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
  }
}

/** Writes text to standard output; done when it has been handed over. */
export function writeText(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });
}
