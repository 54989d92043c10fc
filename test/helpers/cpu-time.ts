import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** The processor time that a process has used, in units that only grow; its smallest step is a second at the most. */
export function cpuTime(pid: number): string {
  const stat = `/proc/${pid}/stat`;
  if (!existsSync(stat))
    return execFileSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  // Behind the name, which may have blanks: state and ten more, then user and system time.
  const fields = readFileSync(stat, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return String(Number(fields[11]) + Number(fields[12]));
}
