/** bash splits `--api=local` and `kind=job` into three words. */
export function joinAssignments(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const previous = joined.at(-1);
    if (previous !== undefined && (word === '=' || (previous.length > 1 && previous.endsWith('=')))) {
      joined.splice(-1, 1, previous + word);
    } else {
      joined.push(word);
    }
  }
  return joined;
}

/** … and replaces what follows the equals sign only. */
export function partAfterAssignment(candidate: string, current: string): string {
  const assigned = /^[\w.-]+!?=/.exec(current)?.[0];
  return assigned !== undefined && candidate.startsWith(assigned)
    ? candidate.slice(assigned.length)
    : candidate;
}
