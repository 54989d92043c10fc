import { Answered } from './errors.ts';
import type { Factory } from './factory.ts';
import { endQuietlyOnBrokenPipe } from './io/streams.ts';

const INTERRUPTED = 130;

function interrupt(): never {
  // What follows should not continue the line of a prompt.
  if (process.stderr.isTTY) process.stderr.write('\n');
  process.exit(INTERRUPTED);
}

/**
 * Runs one `kci` command.
 * @param argv what follows `kci` on the command line
 * @returns the exit code: 0, 1 for a failure, 2 for a command line that makes no sense, or what the command says
 */
export async function run(argv: string[]): Promise<number> {
  endQuietlyOnBrokenPipe();
  process.once('SIGINT', interrupt);
  let factory: Factory | undefined;
  try {
    if (argv[0] === '__complete') {
      const { complete } = await import('./completion/complete.ts');
      await complete(argv.slice(1));
      return 0;
    }
    const [{ buildProgram }, { joinValues }] = await Promise.all([
      import('./program.ts'),
      import('./commands/words.ts'),
    ]);
    const words = joinValues(argv);
    const program = await buildProgram(words, async ({ path, verb, globals, args, options }) => {
      const { Factory } = await import('./factory.ts');
      factory = new Factory(path, globals, interrupt);
      await verb.run(factory, args, options);
    });
    await program.parseAsync(words, { from: 'user' });
    return factory?.exitCode ?? 0;
  } catch (error) {
    if (error instanceof Answered) return 0;
    const { exitCodeOf } = await import('./exit-codes.ts');
    return await exitCodeOf(error, argv, factory);
  } finally {
    await factory?.close();
    process.off('SIGINT', interrupt);
  }
}
