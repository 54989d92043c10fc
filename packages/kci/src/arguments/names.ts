import { UsageError } from '../errors.ts';

/**
 * A name under which something is written into the settings.
 * @throws UsageError
 */
export function settingsName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(name)) return name;
  throw new UsageError(`'${name}' cannot be a name in the settings: letters, digits, '.', '_' and '-' can`);
}

/**
 * An id that becomes part of an address.
 * @throws UsageError for what cannot be one anywhere
 */
export function idArgument(id: string): string {
  if (!/^\.{0,2}$/.test(id)) return id;
  throw new UsageError(`'${id}' is not an id`);
}
