import { Option } from 'commander';

export const FORMATS = ['json', 'jsonl', 'table'] as const;
export type Format = (typeof FORMATS)[number];

/** @param item what one line has, such as `node` */
export function formatOption(item: string): Option {
  return new Option(
    '--format <format>',
    `json: an array (default); jsonl: one ${item} a line; table: for people`,
  ).choices(FORMATS);
}
