import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Of /proc: how many there are in a second. It is 100 on every Linux that we know of. */
const TICKS = 100;
const PARENT = 1;
const USER_TICKS = 11;
const CHILD_TICKS = 13;
const KB = 1024;

/** The fields of /proc/PID/stat from the state on; undefined where there is no such process, or no /proc. */
function statOf(pid: number | string): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

const secondsAt = (stat: string[], field: number): number =>
  (Number(stat[field]) + Number(stat[field + 1])) / TICKS;

/** Processor time that the process with all its threads has taken, in seconds. */
export function cpuSeconds(pid: number): number {
  const stat = statOf(pid);
  return stat === undefined ? Number.NaN : secondsAt(stat, USER_TICKS);
}

/** The same with its child processes, ended ones included. */
export function familyCpuSeconds(pid: number): number {
  const own = statOf(pid);
  if (own === undefined) return Number.NaN;
  let seconds = secondsAt(own, USER_TICKS) + secondsAt(own, CHILD_TICKS);
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = statOf(name);
    if (stat?.[PARENT] === String(pid)) seconds += secondsAt(stat, USER_TICKS);
  }
  return seconds;
}

/** The parent of a process. */
export const parentOf = (pid: number): number => Number(statOf(pid)?.[PARENT]);

/** Memory in use now and at its peak since `forgetPeak`, in bytes. */
export function memoryOf(pid: number): { now: number; peak: number } {
  const text = readFileSync(`/proc/${pid}/status`, 'latin1');
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]) * KB;
  return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
}

/** Lets the peak count from here on. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}
