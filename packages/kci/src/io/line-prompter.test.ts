import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { KciError } from '../errors.ts';
import { LinePrompter } from './line-prompter.ts';

const from = (...chunks: (string | Buffer)[]) =>
  new LinePrompter(Readable.from(chunks.map((chunk) => Buffer.from(chunk))));

describe('answers from a pipe', () => {
  test('are one for each line, however the lines are cut into pieces', async () => {
    const prompter = from('fir', 'st\nsecond\r\n\nlä', Buffer.from('st'));
    const answers = [];
    for (let count = 0; count < 4; count++) answers.push(await prompter.secret('Password: '));
    assert.deepEqual(answers, ['first', 'second', '', 'läst']);
  });

  test('keep blanks, which passwords may have', async () => {
    assert.equal(await from(' a b \n').secret('Password: '), ' a b ');
  });

  test('end with an error that names the prompt', async () => {
    const prompter = from('only one\n');
    await prompter.secret('Password: ');
    await assert.rejects(prompter.secret('Confirm password: '), /before the line for 'Confirm password'$/);
    await assert.rejects(from().text('Reset token: '), KciError);
  });

  test('are refused when they are too long or not text', async () => {
    await assert.rejects(from('x'.repeat(10 * 1024 * 1024)).secret('Password: '), /longer than/);
    await assert.rejects(from(Buffer.from([0xff, 0xfe, 0x0a])).secret('Password: '), /not UTF-8/);
  });
});
