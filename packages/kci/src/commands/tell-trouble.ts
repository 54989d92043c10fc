import type { Factory } from '../factory.ts';

/** Says that an API which is waited for cannot be reached, and that it is back. */
export function troubleTeller(factory: Factory): (error: Error | undefined) => void {
  return (error) => {
    if (error === undefined) factory.note('The API answers again.');
    else factory.warn(`${error.message}; still trying`);
  };
}
