/** A command line to copy into a shell. */
export function commandLine(argv: readonly string[]): string {
  return ['kci', ...argv.map(quoted)].join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
