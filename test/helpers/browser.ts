import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { cleanUpAfterFile } from './cleanup.ts';

/** Debian's; `CHROMIUM` names another one. */
const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';

const FLAGS = [
  '--headless=new',
  // Its sandbox does not start for root, and it opens our own pages only.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Names that end in .test are this machine, under a name that browsers do not trust as they do localhost;
  // anything else is out of reach.
  '--host-resolver-rules=MAP *.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

let browser: Promise<Browser> | undefined;

export interface OpenPage {
  page: Page;
  context: BrowserContext;
  /** What went wrong that a person would not see: errors of scripts, what a policy refused, missing files. */
  problems: string[];
}

/** Opens an address in a browser that has never been anywhere. */
export async function openPage(url: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
  browser ??= launch();
  const context = await (await browser).newContext(options);
  const page = await context.newPage();
  const problems: string[] = [];
  watch(page, new URL(url).origin, problems);
  await page.goto(url);
  return { page, context, problems };
}

async function launch(): Promise<Browser> {
  const launched = await chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
  cleanUpAfterFile(() => launched.close());
  return launched;
}

function watch(page: Page, origin: string, problems: string[]): void {
  page.on('pageerror', (error) => problems.push(`${error}`));
  page.on('console', (message) => {
    // Answers that are errors are told of below, those to a form are none.
    const isAboutAnswer = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isAboutAnswer) problems.push(message.text());
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== 'data:') problems.push(`asks for ${url}`);
  });
  page.on('response', (response) => {
    const method = response.request().method();
    if (method === 'GET' && !response.ok()) problems.push(`${response.url()} answers ${response.status()}`);
  });
}
