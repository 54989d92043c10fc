import type { Node, NodeResult, NodeState } from '@kernelci/model';
import { paint } from '../../output/paint.ts';
import { printable } from '../../output/printable.ts';

const RESULT_STYLES: Record<NodeResult, Parameters<typeof paint>[0]> = {
  pass: 'green',
  fail: 'red',
  incomplete: 'yellow',
  skip: 'gray',
};
const IN_MOTION: ReadonlySet<NodeState> = new Set(['running', 'available', 'closing']);

/** What kind of value a node has where it has none. */
export const NOTHING = '-';

export function paintResult(text: string, { result }: Partial<Node>): string {
  const style = result === null || result === undefined ? undefined : RESULT_STYLES[result];
  return style === undefined ? text : paint(style, text);
}

export function paintState(text: string, { state }: Partial<Node>): string {
  return state !== undefined && IN_MOTION.has(state) ? paint('cyan', text) : text;
}

/** Text of unknown origin for one line of a terminal. */
export function oneLine(text: string): string {
  return printable(text.replace(/[\n\t]+/g, ' '));
}

/** `2026-11-23T22:59:09.615000` → `2026-11-23 22:59:09`; other text as it is. */
export function shortTime(time: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(time) ? time.slice(0, 19).replace('T', ' ') : time;
}
