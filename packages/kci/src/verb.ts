import type { Command } from 'commander';
import type { Factory } from './factory.ts';

/** A command line and what it does, for the help text. */
export type Example = readonly [line: string, explanation: string];

interface Definition<Args extends unknown[], Options> {
  /** Below the usage line of its help. */
  description: string;
  examples: readonly Example[];
  /** Declares arguments and options. */
  configure?: (command: Command) => void;
  run: (factory: Factory, args: Args, options: Options) => Promise<void>;
}

/** A command, as `program.ts` uses all of them. */
export interface Verb {
  description: string;
  examples: readonly Example[];
  configure: (command: Command) => void;
  run: (factory: Factory, args: unknown[], options: unknown) => Promise<void>;
}

/**
 * Defines a command. `Args` and `Options` name what `configure` declares: commander hands it over untyped, and this
 * is the one place that takes its word for it.
 */
export function defineVerb<Args extends unknown[] = [], Options = Record<string, never>>(
  definition: Definition<Args, Options>,
): Verb {
  return {
    description: definition.description,
    examples: definition.examples,
    configure: definition.configure ?? (() => undefined),
    run: (factory, args, options) => definition.run(factory, args as Args, options as Options),
  };
}
