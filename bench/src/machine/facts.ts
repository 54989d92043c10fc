import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

const GB = 1024 ** 3;
const BUSY = 0.5;

/** What numbers of this machine have to be read with, a line each. */
export function machineFacts(): { lines: string[]; load: number; cores: number } {
  const cores = availableParallelism();
  const [load = 0] = loadavg();
  const lines = [
    `${cores} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / GB)} GB of memory`,
    `Node ${process.versions.node}, SQLite ${process.versions.sqlite ?? '?'}, load average ${load.toFixed(2)}`,
  ];
  if (load > BUSY) {
    lines.push(
      'WARNING: the machine is busy. What is measured by the clock is worse than it would be; processor time per',
      'request, which the report gives beside it, suffers less.',
    );
  }
  return { lines, load, cores };
}
