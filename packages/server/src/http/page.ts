import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const FOLDER = path.resolve(import.meta.dirname, '../../pages');
const STYLE = /<link rel="stylesheet" href="([\w-]+\.css)">/;
const SCRIPT = /<script type="module" src="([\w-]+\.js)"><\/script>/;

export interface Page {
  /** The whole document. */
  html: string;
  /** The headers that go with it. */
  headers: Record<string, string>;
}

/** A file of the package's `pages` folder. */
export const pageSource = (file: string): string => readFileSync(path.join(FOLDER, file), 'utf8');

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Puts the file that the tag refers to in its place. */
function embed(html: string, tag: RegExp, element: 'style' | 'script type="module"') {
  const [found = '', file] = tag.exec(html) ?? [];
  if (file === undefined) throw new Error(`a page has nothing like ${tag}`);
  const text = pageSource(file);
  const [name] = element.split(' ');
  return { html: html.replace(found, () => `<${element}>${text}</${name}>`), hash: hashOf(text) };
}

/** Nothing but what is in the document may run or be shown, and it may speak to its own server only. */
function contentPolicy(styleHash: string, scriptHash: string): string {
  return [
    "default-src 'none'",
    `style-src ${styleHash}`,
    `script-src ${scriptHash}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/**
 * Reads a page from the package's `pages` folder and makes one document of it and its style and script, so that it
 * is whole under whatever address it is reached.
 * @param values what `{{name}}` in the HTML stands for; put in as it is, so it must not come from outside
 */
export function loadPage(name: string, values: Readonly<Record<string, string | number>>): Page {
  const filled = pageSource(`${name}.html`).replace(/\{\{(\w+)\}\}/g, (_, key: string) =>
    String(values[key]),
  );
  const styled = embed(filled, STYLE, 'style');
  const whole = embed(styled.html, SCRIPT, 'script type="module"');
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentPolicy(styled.hash, whole.hash),
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
  return { html: whole.html, headers };
}
