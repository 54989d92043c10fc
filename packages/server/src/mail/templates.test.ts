import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { isId } from '@kernelci/model';
import { makeTempFolder } from '../../../../test/helpers/temp-folder.ts';
import { sampleData, templateNames } from './template-data.ts';
import { MailTemplates } from './templates.ts';

/** The operator's folder with these files. */
function overrides(files: Record<string, string>): { overrideDir: string } {
  const overrideDir = makeTempFolder('templates');
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(overrideDir, name), content);
  return { overrideDir };
}

const ours = { overrideDir: undefined };
const apiUrl = 'https://api.example.org';

describe('mail templates', () => {
  for (const name of templateNames) {
    test(`${name} says all it has to in text and in HTML`, async () => {
      const templates = await MailTemplates.load(ours);
      const mail = templates.compose(name, 'ada@example.org', sampleData[name]);
      assert.ok(isId(mail.id));
      assert.equal(mail.recipient, 'ada@example.org');
      assert.match(mail.subject, /KernelCI API/);
      for (const value of Object.values(sampleData[name])) {
        assert.ok(mail.text.includes(value), `the text lacks ${value}`);
        assert.ok(mail.html.replaceAll('&#x3D;', '=').includes(value), `the HTML lacks ${value}`);
      }
      for (const body of [mail.text, mail.html]) {
        assert.match(body, /Did you not|Was it not you\?/);
        assert.doesNotMatch(body, /\{\{|undefined|\[object/);
      }
    });

    test(`${name} loads nothing from elsewhere and is plain enough for any mail system`, async () => {
      const templates = await MailTemplates.load(ours);
      const { text, html } = templates.compose(name, 'ada@example.org', sampleData[name]);
      assert.doesNotMatch(html, /<(img|script|link|iframe)|url\(|src=/i);
      assert.match(html, /^<!doctype html>/);
      assert.match(text, /^[\n -~]+$/);
    });
  }

  test('the mail about a new account has the subject that people know', async () => {
    const templates = await MailTemplates.load(ours);
    const mail = templates.compose('welcome', 'ada@example.org', sampleData.welcome);
    assert.equal(mail.subject, 'KernelCI API Early Access account');
  });

  test('hostile names stay names', async () => {
    const templates = await MailTemplates.load(ours);
    const username = `{{apiUrl}}<script>alert("1")</script> '李' \u{1f427}\r\nBcc: eve@example.org\u2028\0x`;
    const mail = templates.compose('welcome', 'ada@example.org', { username, password: '<&>"\'', apiUrl });
    const flat = `{{apiUrl}}<script>alert("1")</script> '李' \u{1f427} Bcc: eve@example.org x`;
    assert.ok(mail.text.includes(`Hello ${flat},\n`));
    assert.ok(mail.text.includes('Password:  <&>"\'\n'));
    assert.doesNotMatch(mail.text, /^Bcc/m);
    assert.doesNotMatch(mail.html, /<script|^Bcc/m);
    assert.match(mail.html, /&lt;script&gt;alert\(&quot;1&quot;\)/);
  });

  test('a line break in a name cannot end a subject', async () => {
    const source = 'Subject: For {{username}}\n\nHello\n';
    const templates = await MailTemplates.load(overrides({ 'verify.txt.hbs': source }));
    const username = 'ada\r\nBcc: eve@example.org\n\nbody\u0085\u2029';
    const mail = templates.compose('verify', 'ada@example.org', { ...sampleData.verify, username });
    assert.equal(mail.subject, 'For ada Bcc: eve@example.org body');
  });

  test('a command in a mail runs as it is shown, whatever the name', async () => {
    const source = 'Subject: s\n\n{{sh username}}';
    const templates = await MailTemplates.load(overrides({ 'verify.txt.hbs': source }));
    for (const username of [
      'ada',
      "o'hara",
      '$(touch x)',
      '`id`',
      'a; b',
      '"',
      '\\',
      '-n',
      '',
      ' ',
      '*',
      '李',
    ]) {
      const mail = templates.compose('verify', 'ada@example.org', { ...sampleData.verify, username });
      const echoed = execFileSync('/bin/sh', ['-c', `printf %s ${mail.text}`], { encoding: 'utf8' });
      assert.equal(echoed, username);
    }
  });

  test('the operator replaces single files, with any line ends', async () => {
    const source =
      '\uFEFFSubject: Neu: {{username}}\r\n\r\nHallo {{recipient}}\r\n{{#if token}}{{token}}{{else}}-{{/if}}\r\n';
    const templates = await MailTemplates.load(overrides({ 'verify.txt.hbs': source }));
    const mail = templates.compose('verify', 'bob@example.org', { ...sampleData.verify, token: 'a&b' });
    assert.equal(mail.subject, 'Neu: ada');
    assert.equal(mail.text, 'Hallo bob@example.org\na&b\n');
    assert.match(mail.html, /kci user verify/);
    const other = templates.compose('signup-received', 'bob@example.org', sampleData['signup-received']);
    assert.match(other.text, /thank you for signing up/);
  });

  test('the operator dresses all mails with one layout', async () => {
    const layout = '<html><title>{{subject}}</title><body>ACME {{content}}</body></html>';
    const templates = await MailTemplates.load(overrides({ 'layout.html.hbs': layout }));
    const data = { ...sampleData.verify, username: '<b>' };
    const { html } = templates.compose('verify', 'ada@example.org', data);
    assert.match(html, /^<html><title>Confirm .*<\/title><body>ACME <p>Hello &lt;b&gt;,<\/p>/);
  });
});

describe('a mistake in a template of the operator is found at the start', () => {
  const text = (body: string) => `Subject: s\n\n${body}`;
  const cases: [what: string, file: string, content: string, message: RegExp][] = [
    [
      'an unknown variable',
      'verify.txt.hbs',
      text('\n{{usernam}}'),
      /line 4: usernam is no variable here; .*username/,
    ],
    ['one in the subject', 'verify.txt.hbs', 'Subject: {{name}}\n\nx', /name is no variable here/],
    [
      'one in a branch not taken',
      'verify.txt.hbs',
      text('{{#if token}}{{else}}{{oops}}{{/if}}'),
      /oops is no variable/,
    ],
    ['a variable of another template', 'welcome.html.hbs', '{{token}}', /token is no variable/],
    ['a way into the object', 'verify.txt.hbs', text('{{constructor}}'), /constructor is no variable/],
    ['a broken expression', 'verify.html.hbs', '<p>{{username</p>', /Parse error/],
    ['an open block', 'verify.html.hbs', '{{#if token}}<p>', /Parse error/],
    ['no subject', 'verify.txt.hbs', 'Hello {{username}}\n', /line 1: must be "Subject:/],
    ['an empty subject', 'verify.txt.hbs', 'Subject: \n\nHello', /line 1: must be "Subject:/],
    ['no line after the subject', 'verify.txt.hbs', 'Subject: s\nHello', /line 1: must be "Subject:/],
    ['unescaped HTML', 'verify.html.hbs', '{{{username}}}', /must be escaped/],
    ['unescaped HTML the other way', 'verify.html.hbs', '{{&username}}', /must be escaped/],
    ['an unknown helper', 'verify.txt.hbs', text('{{upper username}}'), /the helpers are if, unless, sh/],
    ['a loop', 'verify.txt.hbs', text('{{#each username}}x{{/each}}'), /the helpers are/],
    ['a helper without its variable', 'verify.txt.hbs', text('{{sh}}'), /sh takes one variable/],
    ['a helper with options', 'verify.txt.hbs', text('{{sh token a=oops}}'), /sh takes one variable/],
    ['an included file', 'verify.txt.hbs', text('{{> header}}'), /cannot include others/],
    ['a layout without content', 'layout.html.hbs', '<html></html>', /must have \{\{content\}\}/],
    [
      'a layout with another variable',
      'layout.html.hbs',
      '{{content}}{{body}}',
      /body is no variable here; .*content/,
    ],
    [
      'a file that is no template',
      'verfy.txt.hbs',
      text('x'),
      /no such template; the templates are .*verify\.txt\.hbs/,
    ],
  ];
  for (const [what, file, content, message] of cases) {
    test(what, async () => {
      const options = overrides({ [file]: content });
      await assert.rejects(MailTemplates.load(options), (error: Error) => {
        assert.equal(error.name, 'ConfigError');
        assert.match(error.message, message);
        assert.ok(error.message.includes(path.join(options.overrideDir, file)), error.message);
        return true;
      });
    });
  }

  test('all mistakes at once', async () => {
    const options = overrides({ 'verify.txt.hbs': text('{{a}}'), 'invite.html.hbs': '{{b}}' });
    await assert.rejects(MailTemplates.load(options), /invite\.html\.hbs.*verify\.txt\.hbs/s);
  });

  test('a folder that is not there', async () => {
    const overrideDir = path.join(makeTempFolder('templates'), 'missing');
    await assert.rejects(
      MailTemplates.load({ overrideDir }),
      /KCI_TEMPLATES_DIR: the folder .*missing cannot be read/,
    );
  });

  test('other files in the folder do not matter', async () => {
    await MailTemplates.load(overrides({ 'README.md': '{{oops}}' }));
  });
});
