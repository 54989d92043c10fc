import { Command, type CommanderError } from 'commander';
import { type Group, isGroup, ROOT } from './commands/tree.ts';
import { commandIn } from './commands/words.ts';
import { Answered, UsageError } from './errors.ts';
import { type GlobalOptions, globalOptions } from './globals.ts';
import type { Example, Verb } from './verb.ts';
import { kciVersion } from './version.ts';

/** What a command line says. */
export interface Call {
  path: readonly string[];
  verb: Verb;
  globals: GlobalOptions;
  args: unknown[];
  /** Those of the command itself. */
  options: unknown;
}

/**
 * The command line parser. All commands are known to it by name, and the one that `argv` names in full.
 * Parsing throws UsageError or Answered, or what `call` throws.
 */
export async function buildProgram(
  argv: readonly string[],
  call: (call: Call) => Promise<void>,
): Promise<Command> {
  const { path, node } = commandIn(argv);
  const verb = isGroup(node) ? undefined : await node.load();
  const program = new Command('kci').version(kciVersion()).configureHelp({ showGlobalOptions: true });
  for (const option of globalOptions()) program.addOption(option);
  settle(program);
  describe(program, ROOT.summary, ROOT.examples);
  addChildren(program, ROOT, (child) => {
    if (verb === undefined || commandPath(child).join(' ') !== path.join(' ')) return;
    describe(child, verb.description, verb.examples);
    verb.configure(child);
    child.action((...received: unknown[]) =>
      call({ path, verb, globals: program.opts(), args: received.slice(0, -2), options: received.at(-2) }),
    );
  });
  return program;
}

function addChildren(parent: Command, group: Group, named: (child: Command) => void): void {
  for (const [name, node] of Object.entries(group.children)) {
    const child = parent.command(name).summary(node.summary);
    settle(child);
    if (isGroup(node)) {
      describe(child, `${node.summary}.`, node.examples);
      addChildren(child, node, named);
    } else {
      named(child);
    }
  }
}

function describe(command: Command, description: string, examples: readonly Example[]): void {
  command.description(description);
  const lines = examples.map(([line, explanation]) => `  ${line}\n      ${explanation}`);
  command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

/** Errors come as exceptions that know their command; nothing is printed or ended behind our back. */
function settle(command: Command): void {
  command
    .helpOption('-h, --help', 'show this help')
    .configureOutput({ outputError: () => undefined })
    .exitOverride((error) => rethrow(error, command));
}

function rethrow(error: CommanderError, command: Command): never {
  if (error.exitCode === 0) throw new Answered();
  // A group without a command has printed its help, which says enough.
  const message = error.code === 'commander.help' ? '' : error.message.replace(/^error: /, '');
  throw new UsageError(message, fullName(command));
}

function fullName(command: Command): string {
  return ['kci', ...commandPath(command)].join(' ');
}

function commandPath(command: Command): string[] {
  return command.parent === null ? [] : [...commandPath(command.parent), command.name()];
}
