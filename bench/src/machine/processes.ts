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
  for (const child of childrenOf(pid)) seconds += secondsAt(statOf(child) ?? [], USER_TICKS) || 0;
  return seconds;
}

/** Nanoseconds that the process's living threads have taken; fine enough for single requests. */
function threadNanoseconds(pid: number | string): number {
  let sum = 0;
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      sum += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ', 1)[0]);
    }
  } catch {
    // It, or one of its threads, has just ended.
  }
  return sum;
}

const childrenOf = (pid: number): string[] =>
  readdirSync('/proc').filter((name) => /^\d+$/.test(name) && statOf(name)?.[PARENT] === String(pid));

/** Processor time of the processes and of the children of `parent`, in milliseconds, finely; see `cpuSeconds`. */
export function fineCpuMilliseconds(pid: number, parent: number | undefined): number {
  const children = parent === undefined || Number.isNaN(parent) ? [] : childrenOf(parent);
  return [pid, ...children].reduce((sum: number, one) => sum + threadNanoseconds(one), 0) / 1e6;
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
