import { type Command, InvalidArgumentError } from 'commander';
import { collectWords } from '../../arguments/lists.ts';
import { type Format, formatOption } from '../list-format.ts';

/** Options of commands that print many nodes. */
export interface NodeListOptions {
  format?: Format;
  sort?: string;
  fields?: string[];
}

/** Parameters that are no attributes, and the options that set them. */
export const OF_NODE_OPTIONS: ReadonlyMap<string, string> = new Map([
  ['sort', '--sort'],
  ['fields', '--fields'],
  ['after', '--all'],
  ['total', '--all'],
]);

export function takesNodeList(command: Command): void {
  command
    .argument('[attributes...]', 'NAME=VALUE, or another operator between them')
    .option(
      '--sort <field>',
      "by this field, such as created; '-' before it: the other way round",
      fieldToSortBy,
    )
    .option('--fields <names>', 'only these fields, such as id,name,data.platform', fieldNames)
    .addOption(formatOption('node'));
}

function fieldToSortBy(text: string): string {
  if (/^-?[\w.-]+$/.test(text)) return text;
  throw new InvalidArgumentError('It has to be the name of a field.');
}

function fieldNames(text: string, previous: readonly string[] | undefined): string[] {
  const names = collectWords(text, previous);
  if (names.length > 0 && names.every((name) => /^[\w.-]+$/.test(name))) return names;
  throw new InvalidArgumentError('It has to be names of fields, separated by commas.');
}
