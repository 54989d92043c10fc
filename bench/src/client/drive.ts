import { Connection } from './connection.ts';
import { Latencies } from './latencies.ts';

export interface Load {
  requests: number;
  seconds: number;
  perSecond: number;
  latencies: Latencies;
}

/**
 * Sends requests on so many connections, each the next as soon as the last is answered, for so many seconds.
 * Throws when an answer is not 200.
 */
export async function drive(options: {
  url: string;
  connections: number;
  seconds: number;
  next(): Buffer;
}): Promise<Load> {
  const opened = Array.from({ length: options.connections }, () => Connection.open(options.url));
  const connections = await Promise.all(opened);
  const latencies = new Latencies();
  const start = performance.now();
  const end = start + options.seconds * 1000;
  const run = async (connection: Connection) => {
    while (performance.now() < end) {
      const { status, ms, head } = await connection.exchange(options.next());
      if (status !== 200) throw new Error(`the answer to a request of the benchmark is ${head}`);
      latencies.add(ms);
    }
  };
  try {
    await Promise.all(connections.map(run));
  } finally {
    for (const connection of connections) connection.close();
  }
  const seconds = (performance.now() - start) / 1000;
  return { requests: latencies.count, seconds, perSecond: latencies.count / seconds, latencies };
}

export const cycle = <T>(items: readonly T[]): (() => T) => {
  let at = -1;
  return () => {
    at = (at + 1) % items.length;
    return items[at] as T;
  };
};
