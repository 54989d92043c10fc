import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

interface ProfileNode {
  id: number;
  callFrame: { functionName: string; url: string; lineNumber: number };
}
interface Profile {
  nodes: ProfileNode[];
  samples: number[];
  timeDeltas: number[];
}

const IDLE = new Set(['(idle)', '(program)', '(root)']);

function place({ functionName, url, lineNumber }: ProfileNode['callFrame']): string {
  const file = url
    .replace(/^file:\/\//, '')
    .replace(/^.*\/(packages|node_modules)\//, (_, name) => (name === 'packages' ? '' : 'npm '));
  const name = functionName === '' ? '(anonymous)' : functionName;
  return file === '' ? name : `${name}  ${file}:${lineNumber + 1}`;
}

/**
 * The functions in which the profiled process spent its time, itself and not what they called, as lines.
 * @param skip what is left out: the process's first milliseconds, in which it started
 */
export function topFunctions(folder: string, count: number, skip: number): string[] {
  const [file] = readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .sort()
    .slice(-1);
  if (file === undefined) return [];
  const profile = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Profile;
  const names = new Map(profile.nodes.map((node) => [node.id, place(node.callFrame)]));
  const times = new Map<string, number>();
  let busy = 0;
  let at = -skip * 1000;
  for (const [i, id] of profile.samples.entries()) {
    const name = names.get(id) ?? '?';
    const time = profile.timeDeltas[i] ?? 0;
    at += time;
    if (at < 0) continue;
    times.set(name, (times.get(name) ?? 0) + time);
    if (!IDLE.has(name)) busy += time;
  }
  const rows = [...times].filter(([name]) => !IDLE.has(name)).sort(([, a], [, b]) => b - a);
  return [
    `where ${(busy / 1e6).toFixed(1)} s of the server's main thread went (${path.join(folder, file)})`,
    ...rows
      .slice(0, count)
      .map(([name, time]) => `  ${((100 * time) / busy).toFixed(1).padStart(5)} %  ${name}`),
  ];
}
