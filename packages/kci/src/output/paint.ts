import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Text for standard output in colour, where that is a terminal that wants colours (`NO_COLOR`). */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}
