/** Each event of the storm has a mark that no other one has. */
export interface Told {
  channel: string;
  data: unknown;
}

export const CHANNEL = 'storm';

export function markOf({ channel, data }: Told): string {
  const { mark, name, op } = data as Record<string, string>;
  return channel === CHANNEL ? String(mark) : `${name}:${op}`;
}
