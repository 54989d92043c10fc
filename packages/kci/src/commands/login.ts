import { existsSync } from 'node:fs';
import { ConnectionError } from '@kernelci/client';
import { settingsName } from '../arguments/names.ts';
import { KciError } from '../errors.ts';
import type { Factory } from '../factory.ts';
import { type Api, withSlash } from '../settings/apis.ts';
import { LOCAL_FILE, namedFile, userFile } from '../settings/locations.ts';
import { defineVerb } from '../verb.ts';
import { obtainTokens } from './login/obtain-tokens.ts';
import { type Login, writeLogin } from './login/write-login.ts';

const LOCAL_NAME = 'local';
const USUAL_ADDRESS = 'http://127.0.0.1:8001/';

export const verb = defineVerb<[], { username?: string; global?: boolean }>({
  description:
    'Sets kci up: asks for the address of an API, your name and password, and writes kernelci.toml with an everyday ' +
    'token and, for admins, a short-lived one named "admin". What else is in the file stays.',
  examples: [
    ['kci login', 'write ./kernelci.toml'],
    ['kci login --global', 'write ~/.config/kernelci/kernelci.toml, for use in every folder'],
    [
      'kci login --api staging --api-url https://staging.example.org/ --username alice',
      'asks for the password only',
    ],
  ],
  configure: (command) => {
    command
      .option('--username <name>', 'your name, instead of asking for it')
      .option('--global', 'write ~/.config/kernelci/kernelci.toml instead of ./kernelci.toml');
  },
  run: async (factory, _args, options) => {
    const file = settingsTarget(factory, options.global === true);
    const known = await knownApi(factory);
    const prompter = await factory.prompter();
    const fallback = known?.url ?? USUAL_ADDRESS;
    const url = withSlash(
      factory.options.apiUrl ?? ((await prompter.text(`API address [${fallback}]: `)).trim() || fallback),
    );
    const api =
      known?.url === url
        ? known
        : {
            url,
            name: undefined,
            version: 'latest',
            timeoutMs: 60_000,
            from: 'your answer',
            isConfigured: false,
          };
    const name = settingsName(factory.options.api ?? api.name ?? nameFor(url));
    await checkAddress(factory, { ...api, name });
    const username = options.username ?? (await prompter.text('Username: ')).trim();
    const password = await prompter.secret('Password: ');
    const tokens = await obtainTokens(factory, { ...api, name }, username, password);
    const login: Login = { file, name, url, ...tokens };
    for (const line of writeLogin(login)) factory.note(line);
  },
});

function settingsTarget(factory: Factory, global: boolean): string {
  if (global) return userFile(factory.environment);
  return namedFile(factory.options.tomlSettings, factory.environment) ?? LOCAL_FILE;
}

/** The API that is configured already, whose address is then offered. */
async function knownApi(factory: Factory): Promise<Api | undefined> {
  const named = namedFile(factory.options.tomlSettings, factory.environment);
  if (factory.options.apiUrl !== undefined || (named !== undefined && !existsSync(named))) return undefined;
  return factory.api().catch((error: unknown) => {
    if (error instanceof KciError) return undefined;
    throw error;
  });
}

/** Before a password is typed in vain; whatever answers will do, for older servers greet with a web page. */
async function checkAddress(factory: Factory, api: Api): Promise<void> {
  const client = await factory.clientFor({ api, token: undefined });
  await client.root.hello().catch((error: unknown) => {
    if (error instanceof ConnectionError) throw error;
  });
}

/** A name for an API that has none yet, from its host. */
function nameFor(url: string): string {
  const hostname = URL.parse(url)?.hostname ?? '';
  if (/^(localhost|127\..*|\[::1\])$/.test(hostname)) return LOCAL_NAME;
  return hostname.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '') || LOCAL_NAME;
}
