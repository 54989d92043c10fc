import { newId } from '@kernelci/model';
import type { MailData, TemplateName } from './template-data.ts';
import { readTemplateFiles, type Template } from './template-files.ts';

export type { MailData, TemplateName } from './template-data.ts';

export interface ComposedMail {
  id: string;
  recipient: string;
  subject: string;
  text: string;
  html: string;
}

// A line break in a value could begin a line, or a header, that the template did not mean.
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;

const inert = (values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.replace(CONTROLS, ' ')]));

/** The texts of all mails. */
export class MailTemplates {
  readonly #templates: ReadonlyMap<TemplateName, Template>;

  private constructor(templates: ReadonlyMap<TemplateName, Template>) {
    this.#templates = templates;
  }

  /**
   * Reads all templates, those of `overrideDir` in place of ours, and tries each.
   * Throws `ConfigError`, which lists every file that is no good and why.
   */
  static async load(options: { overrideDir: string | undefined }): Promise<MailTemplates> {
    return new MailTemplates(await readTemplateFiles(options.overrideDir));
  }

  compose<T extends TemplateName>(name: T, recipient: string, data: MailData[T]): ComposedMail {
    const template = this.#templates.get(name);
    if (template === undefined) throw new Error(`there is no mail template ${name}`);
    const values = inert({ recipient, ...data });
    return {
      id: newId(),
      recipient,
      subject: template.subject(values).trim(),
      text: template.text(values),
      html: template.html(values),
    };
  }
}
