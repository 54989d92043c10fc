import { Command, CommanderError } from 'commander';
import { serve } from './commands/serve.ts';
import { version } from './version.ts';

const FAILED = 1;
const USAGE = 2;

function buildProgram(setCode: (code: number) => void): Command {
  const program = new Command('kernelci-api')
    .description('The KernelCI API server')
    .version(version)
    .exitOverride()
    .showHelpAfterError("Try 'kernelci-api --help' for help.");
  program
    .command('serve')
    .description('start the server; docs/configuration.md lists its settings')
    .action(async () => setCode(await serve(process.env)));
  return program;
}

/** Runs the command that the arguments name and answers the exit code of the process. */
export async function run(argv: string[]): Promise<number> {
  let code = 0;
  const program = buildProgram((value) => {
    code = value;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    process.stderr.write(`kernelci-api: ${error instanceof Error ? error.message : String(error)}\n`);
    return FAILED;
  }
}
