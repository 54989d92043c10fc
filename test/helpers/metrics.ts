import { call } from './http.ts';

/** The value of a series, written as `GET /metrics` has it, labels included; undefined when there is none. */
export async function readFigure(server: { url: string }, series: string): Promise<number | undefined> {
  const { text } = await call(server, 'GET', '/latest/metrics');
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1).replace('Inf', 'Infinity'));
}
