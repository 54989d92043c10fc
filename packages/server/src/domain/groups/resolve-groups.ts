import { DomainError } from '../../errors.ts';
import type { Executor } from '../../store/database.ts';
import { findGroupsByName, type GroupRow } from '../../store/groups.ts';

/** The groups of the names, in their order, each once. Throws `unknown_group` for the first that does not exist. */
export async function resolveGroups(x: Executor, names: readonly string[]): Promise<GroupRow[]> {
  const found = new Map((await findGroupsByName(x, [...new Set(names)])).map((group) => [group.name, group]));
  return [...new Set(names)].map((name) => {
    const group = found.get(name);
    if (group === undefined)
      throw new DomainError('unknown_group', `User group does not exist with name: ${name}`);
    return group;
  });
}
