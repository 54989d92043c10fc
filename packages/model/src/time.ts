export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/**
 * A moment in epoch milliseconds as the API writes it: naive UTC, six fraction digits, no fraction when it is zero
 * (`2026-11-23T22:59:09.615000`, `2026-11-23T22:59:09`).
 */
export function toApiTime(epochMs: number): string {
  const iso = new Date(epochMs).toISOString();
  return epochMs % SECOND === 0 ? iso.slice(0, 19) : `${iso.slice(0, 23)}000`;
}
