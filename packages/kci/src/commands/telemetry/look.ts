import { NODE_RESULTS } from '@kernelci/model';
import { NOTHING, paintResult } from '../node/look.ts';

const PERCENT = 100;

/** A result in the colour that nodes of it have. */
export function paintResultText(text: string, result: string | null): string {
  const known = NODE_RESULTS.find((one) => one === result);
  return known === undefined ? text : paintResult(text, { result: known });
}

/** `0.375` → `38 %`; what is more than nothing, and less than all, shows as such. */
export function percent(part: number): string {
  if (part > 0 && part < 1) return `${Math.min(99, Math.max(1, Math.round(part * PERCENT)))} %`;
  return `${Math.round(part * PERCENT)} %`;
}

/** The part as a percentage; nothing of nothing. */
export function share(count: number, total: number): string {
  return total === 0 ? NOTHING : percent(count / total);
}
