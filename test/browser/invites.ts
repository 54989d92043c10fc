import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { call, login } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import type { TestServer } from '../helpers/server.ts';

export const PASSWORD = 'a-password-of-my-own';

export const pageAt = (base: string, token: string) => `${base}/user/accept-invite?token=${token}`;

/** @returns the token of a new invite */
export async function invite(server: TestServer, username = uniqueName('ada')): Promise<string> {
  const token = await login(server, server.admin.username, server.admin.password);
  const json = {
    username,
    email: `${uniqueName('ada')}@example.org`,
    send_email: false,
    return_token: true,
  };
  const answer = await call<{ token: string }>(server, 'POST', '/latest/user/invite', { token, json });
  assert.equal(answer.status, 200, answer.text);
  return answer.body.token;
}

/** The parts of the page, as their labels and roles name them. */
export function partsOf(page: Page) {
  return {
    token: page.getByLabel('Invite link or token'),
    password: page.getByLabel('Password', { exact: true }),
    again: page.getByLabel('The same password again'),
    submit: page.getByRole('button', { name: 'Accept the invitation' }),
    alert: page.getByRole('alert'),
    heading: (name: RegExp | string) => page.getByRole('heading', { level: 1, name }),
    commands: () => page.locator('section:visible .command code').allTextContents(),
  };
}

/** Types the password twice, and the answer to the page's question for a token, and sends it. */
export async function accept(page: Page, token?: string, password = PASSWORD): Promise<void> {
  const parts = partsOf(page);
  if (token !== undefined) await parts.token.fill(token);
  await parts.password.fill(password);
  await parts.again.fill(password);
  await parts.submit.click();
}

/** What is read out after the label of an input. */
export async function describedBy(input: Locator): Promise<string> {
  const ids = (await input.getAttribute('aria-describedby'))?.split(' ') ?? [];
  const texts = await Promise.all(ids.map((id) => input.page().locator(`#${id}`).textContent()));
  return texts.filter((text) => text !== '').join(' ');
}
