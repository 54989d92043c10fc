import type { Factory } from '../../factory.ts';
import { printable } from '../../output/printable.ts';

/** Prints what an event carries: text without the blanks around it, anything else as JSON. */
export async function printData(factory: Factory, data: unknown): Promise<void> {
  if (typeof data !== 'string') return factory.json(data);
  const text = data.trim();
  factory.result(process.stdout.isTTY ? printable(text) : text);
}
