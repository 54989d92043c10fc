import { Command, CommanderError } from 'commander';
import { backup } from './commands/backup.ts';
import { doctor } from './commands/doctor.ts';
import { exportDatabase } from './commands/export.ts';
import { importLines } from './commands/import-lines.ts';
import { importDump } from './commands/import-mongodump.ts';
import { migrateDatabase } from './commands/migrate.ts';
import { type PurgeOptions, purge } from './commands/purge.ts';
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
  program
    .command('doctor')
    .description('check everything that the server needs, and say what to do')
    .action(async () => setCode(await doctor(process.env)));
  addMoving(program, setCode);
  program
    .command('purge')
    .description('remove what is older than it is kept; docs/lifecycle.md tells what that is')
    .option('--dry-run', 'only tell what would go')
    .option('--vacuum', 'then rewrite the database without its free space: stop the server for it')
    .action(async (options: PurgeOptions) => setCode(await purge(options, process.env)));
  return program;
}

function addMoving(program: Command, setCode: (code: number) => void): void {
  program
    .command('backup')
    .description('write the database to a file while the server runs; docs/backup.md tells more')
    .argument('<file>', 'what to write; on SQLite a database, on PostgreSQL an export')
    .action(async (file: string) => setCode(await backup(file, process.env)));
  program
    .command('export')
    .description('write everything as lines of JSON, password hashes included')
    .argument('<file>', 'what to write, - for stdout')
    .action(async (file: string) => setCode(await exportDatabase(file, process.env)));
  program
    .command('import')
    .description('fill the database: an empty one from an export, or any from a dump of the existing server')
    .argument('<file>', 'what export wrote, - for stdin')
    .action(async (file: string) => setCode(await importLines(file, process.env)))
    .command('mongodump')
    .description('take what a mongodump of the existing server has; docs/moving-in.md tells how')
    .argument('<folder>', 'the folder that mongodump wrote')
    .action(async (folder: string) => setCode(await importDump(folder, process.env)));
  program
    .command('migrate')
    .description('copy a database into an empty one, of the same engine or the other')
    .requiredOption(
      '--from <database>',
      'sqlite:/path/to/kernelci.db or postgres://user:password@host/database',
    )
    .requiredOption('--to <database>', 'the same, of a database that is empty or not there yet')
    .action(async (options: { from: string; to: string }) => setCode(await migrateDatabase(options)));
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
