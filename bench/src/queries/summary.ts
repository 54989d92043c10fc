import { Latencies } from '../client/latencies.ts';
import type { Report } from '../report.ts';
import { asMeasurement, type Measured } from './measure.ts';

const SHOWN = 40;

function groupOf({ filter, shape }: Measured): string {
  const width = filter.widest ? 'widest values' : 'other values';
  return `${filter.group}, ${width}, ${shape.total === 'none' ? 'no total' : 'exact total'}`;
}

/** What is reported of all filters that have the same target. */
function summaryOf(name: string, group: readonly Measured[]): string {
  const all = new Latencies();
  for (const { latencies } of group) all.addAll(latencies);
  const worst = Math.max(...group.map(({ p99 }) => p99));
  const missed = group.filter(({ p99, limitMs }) => p99 > limitMs).length;
  const slow = group.filter(({ cpuMs, limitMs }) => cpuMs > limitMs).length;
  const [limit = 0] = group.map(({ limitMs }) => limitMs);
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  return [
    `${name}: ${group.length} filters, target ${ms(limit)}`,
    `all answers p50 ${ms(all.percentile(50))}, p99 ${ms(all.percentile(99))}`,
    `worst p99 ${ms(worst)}`,
    `${missed} missed, ${slow} of them by processor time alone`,
  ].join('; ');
}

/** Reports the filters by their targets, then those that missed, the worst of them by processor time first. */
export function summarize(report: Report, measured: readonly Measured[]): void {
  const groups = Map.groupBy(measured, groupOf);
  report.lines([...groups].map(([name, group]) => summaryOf(name, group)));
  const missed = measured.filter(({ p99, limitMs }) => p99 > limitMs);
  missed.sort((a, b) => b.cpuMs / b.limitMs - a.cpuMs / a.limitMs);
  for (const one of missed.slice(0, SHOWN)) report.show(asMeasurement(one));
  if (missed.length > SHOWN) report.lines([`… and ${missed.length - SHOWN} more that missed`]);
}
