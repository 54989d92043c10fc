import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError } from '../config/env-reader.ts';
import { sampleData, type TemplateName, templateNames } from './template-data.ts';
import { asMarkup, compileTemplate, type Render, type Values } from './template-source.ts';

export interface Template {
  subject: Render;
  text: Render;
  /** A whole document. */
  html: Render;
}

const OWN_FOLDER = path.resolve(import.meta.dirname, '../../templates');
const LAYOUT = 'layout.html.hbs';
const SUBJECT_LINE = /^Subject:[ \t]*(\S.*)\n(?=\n)/;

const textFile = (name: TemplateName) => `${name}.txt.hbs`;
const htmlFile = (name: TemplateName) => `${name}.html.hbs`;
const allFiles = [...templateNames.flatMap((name) => [textFile(name), htmlFile(name)]), LAYOUT];

/** The variables of the template, with values for a trial. `recipient` is there in all. */
function trialValues(name: TemplateName): Values {
  return { recipient: 'ada@example.org', ...sampleData[name] };
}

function compileText(source: string, variables: readonly string[]): Pick<Template, 'subject' | 'text'> {
  const subject = SUBJECT_LINE.exec(source)?.[1];
  if (subject === undefined) throw new Error('line 1: must be "Subject: ...", with an empty line after it');
  // Empty lines in place of the head keep the numbers of the others, which messages name.
  const text = compileTemplate(source.replace(/^.*/, ''), 'text', variables);
  return {
    subject: compileTemplate(subject, 'text', variables),
    text: (values) => text(values).replace(/^\n+/, ''),
  };
}

function compileHtml(source: string, variables: readonly string[]): Pick<Template, 'html'> {
  return { html: compileTemplate(source, 'html', variables) };
}

function compileLayout(source: string, variables: readonly string[]): Pick<Template, 'html'> {
  if (!/\{\{~?\s*content\b/.test(source)) throw new Error('must have {{content}} where the mail goes');
  return compileHtml(source, variables);
}

/** Reads our template files, those that the operator replaces from the operator's folder. */
class TemplateFiles {
  readonly problems: string[] = [];
  readonly #folders: ReadonlyMap<string, string>;

  constructor(folders: ReadonlyMap<string, string>) {
    this.#folders = folders;
  }

  /** The compiled file; undefined, and a problem more, when it is no good. */
  async compile<T extends object>(
    file: string,
    trial: Values,
    compile: (source: string, variables: readonly string[]) => T,
  ): Promise<T | undefined> {
    const fullName = path.join(this.#folders.get(file) ?? OWN_FOLDER, file);
    try {
      const source = await readFile(fullName, 'utf8');
      const template = compile(source.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n'), Object.keys(trial));
      for (const render of Object.values<Render>(template as Record<string, Render>)) render(trial);
      return template;
    } catch (error) {
      this.problems.push(`${fullName}: ${(error as Error).message}`);
      return undefined;
    }
  }
}

/** Where the operator's files are; throws `ConfigError` when one of them is none of ours, most likely a slip. */
async function findOverrides(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError([`KCI_TEMPLATES_DIR: the folder ${folder} cannot be read (${error.code})`]);
  });
  const files = entries.filter((entry) => entry.endsWith('.hbs'));
  const unknown = files.filter((file) => !allFiles.includes(file));
  if (unknown.length > 0) {
    const known = `the templates are ${allFiles.join(', ')}`;
    throw new ConfigError(
      unknown.map((file) => `${path.join(folder, file)}: there is no such template; ${known}`),
    );
  }
  return new Map(files.map((file) => [file, folder]));
}

/**
 * Reads and tries all templates: an operator's mistake is found here, not when the mail is due.
 * Throws `ConfigError`, which lists every file that is no good and why.
 */
export async function readTemplateFiles(
  overrideDir: string | undefined,
): Promise<Map<TemplateName, Template>> {
  const files = new TemplateFiles(overrideDir === undefined ? new Map() : await findOverrides(overrideDir));
  const layout = await files.compile(LAYOUT, { subject: 'Subject', content: 'Content' }, compileLayout);
  const templates = new Map<TemplateName, Template>();
  for (const name of templateNames) {
    const trial = trialValues(name);
    const text = await files.compile(textFile(name), trial, compileText);
    const body = await files.compile(htmlFile(name), trial, compileHtml);
    if (layout === undefined || text === undefined || body === undefined) continue;
    templates.set(name, {
      ...text,
      html: (values) => layout.html({ subject: text.subject(values), content: asMarkup(body.html(values)) }),
    });
  }
  if (files.problems.length > 0) throw new ConfigError(files.problems);
  return templates;
}
