import assert from 'node:assert/strict';
import { globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { PROJECT_ROOT } from '../helpers/project.ts';

const DOCUMENTS = [
  '*.md',
  'docs/**/*.md',
  'packages/*/*.md',
  'packages/*/docs/**/*.md',
  'test/**/*.md',
  'bench/**/*.md',
];
const CODE = /^(```|~~~)[\s\S]*?^\1[^\n]*$|`[^`\n]*`/gm;
const LINK = /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)|^\[[^\]]+\]:\s*(\S+)/gm;
const ELSEWHERE = /^([a-z][a-z0-9+.-]*:|\/\/)/i;

const read = (file: string): string => readFileSync(path.join(PROJECT_ROOT, file), 'utf8');

/** The link's target as GitHub and its like make it from a heading. */
function anchorOf(heading: string): string {
  const text = heading.replace(/[`*]|\[([^\]]*)\]\([^)]*\)/g, '$1').trim();
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

function anchorsOf(markdown: string): Set<string> {
  const prose = markdown.replace(/^(```|~~~)[\s\S]*?^\1[^\n]*$/gm, '');
  const anchors = new Set<string>();
  for (const [, heading = ''] of prose.matchAll(/^#{1,6}\s+(.+)$/gm)) {
    const anchor = anchorOf(heading);
    let unique = anchor;
    for (let n = 1; anchors.has(unique); n += 1) unique = `${anchor}-${n}`;
    anchors.add(unique);
  }
  return anchors;
}

const linksIn = (markdown: string): string[] =>
  [...markdown.replace(CODE, '').matchAll(LINK)].map(([, inline, reference]) => inline ?? reference ?? '');

/** What is wrong with the link; undefined when it leads somewhere. */
function broken(from: string, link: string): string | undefined {
  if (ELSEWHERE.test(link)) return undefined;
  const [target = '', anchor] = link.split('#');
  const file = target === '' ? from : path.join(path.dirname(from), decodeURIComponent(target));
  const stat = statSync(path.join(PROJECT_ROOT, file), { throwIfNoEntry: false });
  if (target.startsWith('/') || stat === undefined) return `${from}: ${link}: there is no such file`;
  if (anchor === undefined || !file.endsWith('.md') || anchorsOf(read(file)).has(anchor)) return undefined;
  return `${from}: ${link}: ${file} has no such heading`;
}

describe('links in the documentation', () => {
  const documents = globSync(DOCUMENTS, {
    cwd: PROJECT_ROOT,
    exclude: (name) => name.includes('node_modules'),
  });

  test('lead to files and headings that exist', () => {
    const problems = documents.flatMap((from) =>
      linksIn(read(from)).flatMap((link) => broken(from, link) ?? []),
    );
    assert.deepEqual(problems, []);
  });

  test('are found, and missing targets noticed', () => {
    const sample = '[a](x.md) ![b](<y.png> "t")\n[c]: z.md#h\n`[no](code)`\n```\n[no](block)\n```\n';
    assert.deepEqual(linksIn(sample), ['x.md', 'y.png', 'z.md#h']);
    assert.ok(documents.includes('README.md'));
    assert.match(broken('README.md', 'docs/nowhere.md') ?? '', /no such file/);
    assert.match(broken('README.md', '#nowhere') ?? '', /no such heading/);
    assert.equal(anchorOf('Texts of `your` own, [linked](x.md)'), 'texts-of-your-own-linked');
  });
});
