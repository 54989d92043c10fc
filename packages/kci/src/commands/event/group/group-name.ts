import type { Command } from 'commander';
import { UsageError } from '../../../errors.ts';

export function takesGroup(command: Command): Command {
  return command.argument('<name>', 'name of the group');
}

/**
 * A name that becomes part of an address.
 * @throws UsageError for what cannot be one anywhere
 */
export function groupName(name: string): string {
  if (!/^\.{0,2}$/.test(name)) return name;
  throw new UsageError(`'${name}' cannot be the name of a group`);
}
