import { Option } from 'commander';
import { collect } from './arguments/lists.ts';
import { wholeNumber } from './arguments/numbers.ts';

export const INDENT_MAX = 100;

/** Options that every command takes, before or after its name. */
export interface GlobalOptions {
  tomlSettings?: string;
  yamlConfig?: string[];
  api?: string;
  apiUrl?: string;
  as?: string;
  indent?: number;
}

export function globalOptions(): Option[] {
  return [
    new Option(
      '-s, --toml-settings <file>',
      'settings file, instead of the first kernelci.toml that is found',
    ),
    new Option(
      '-c, --yaml-config <path>',
      'YAML file or folder with api entries (may be repeated; default: config/core, /etc/kernelci/core)',
    ).argParser(collect),
    new Option('--api <name>', 'which of the configured APIs to use'),
    new Option('--api-url <url>', 'address of the API, instead of the configured one'),
    new Option(
      '--as <name>',
      'use the token saved under this name, such as admin, instead of the everyday one',
    ),
    new Option('--indent <n>', 'blanks to indent JSON by; 0: all on one line').argParser(
      wholeNumber(0, INDENT_MAX),
    ),
  ];
}
