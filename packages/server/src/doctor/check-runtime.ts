import { broken, type Finding, good } from './finding.ts';

const NEEDED_MAJOR = 24;

export function checkRuntime(version: string): Finding {
  const major = Number.parseInt(version, 10);
  return major >= NEEDED_MAJOR
    ? good(`Node ${version}`)
    : broken(`Node ${version} is too old: install Node ${NEEDED_MAJOR} or newer`);
}
