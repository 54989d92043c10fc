import type { Client, ClientOptions } from '@kernelci/client';
import { type GlobalOptions, INDENT_MAX } from './globals.ts';
import type { Prompter } from './io/prompter.ts';
import { type Streams, streams } from './io/streams.ts';
import type { Access } from './make-client.ts';
import type { Api } from './settings/apis.ts';
import { type Environment, readEnvironment, TOKEN_VARIABLE } from './settings/environment.ts';
import { lookUp } from './settings/lookup.ts';
import { flag, type Parameter, text, texts, whole } from './settings/parameters.ts';
import type { ChosenToken } from './settings/secrets.ts';
import type { SettingsFile } from './settings/settings-file.ts';

/** What a command works with. Everything is read and loaded when it is first needed. */
export class Factory implements Streams {
  readonly result = streams.result;
  readonly note = streams.note;
  readonly warn = streams.warn;
  readonly environment: Environment = readEnvironment();
  /** The command's name below `kci`, such as `user find`. */
  readonly command: readonly string[];
  readonly options: GlobalOptions;
  /** Once a client was made: for explaining what it answers. */
  lastAccess: Access | undefined;
  /** What the command ends with when it has done its work. */
  exitCode = 0;
  /** What it ends with when it has failed. */
  failureCode = 1;
  readonly #interrupt: () => void;
  #settings: Promise<SettingsFile> | undefined;
  #prompter: Promise<Prompter> | undefined;

  constructor(command: readonly string[], options: GlobalOptions, interrupt: () => void) {
    this.command = command;
    this.options = options;
    this.#interrupt = interrupt;
  }

  /** The settings in use; warns about a file with tokens that others can read. */
  settings(): Promise<SettingsFile> {
    this.#settings ??= this.#readSettings();
    return this.#settings;
  }

  /** A setting of this command, by inheritance. */
  async setting<T>(key: string, parameter: Parameter<T>): Promise<T | undefined> {
    const found = lookUp(await this.settings(), this.command, key);
    return found && parameter(found);
  }

  async api(): Promise<Api> {
    const { resolveApi } = await import('./settings/apis.ts');
    const { api, apiUrl, yamlConfig } = this.options;
    return resolveApi(await this.settings(), {
      name: api ?? (await this.setting('api', text)),
      url: apiUrl,
      config: yamlConfig ?? (await this.setting('config', texts)) ?? [],
      configGiven: yamlConfig !== undefined,
    });
  }

  /** The token to send to an API; undefined when none is configured. */
  async token(api?: Api): Promise<ChosenToken | undefined> {
    const { checked, chooseToken } = await import('./settings/secrets.ts');
    const { token } = this.environment;
    if (this.options.as === undefined && token !== undefined) {
      return { token: checked(token, TOKEN_VARIABLE), name: undefined, from: TOKEN_VARIABLE };
    }
    const as = this.options.as ?? (await this.setting('as', text));
    return chooseToken(await this.settings(), (api ?? (await this.api())).name, as);
  }

  /** A client that sends the chosen token, if there is one, with whatever is not public. */
  async client(): Promise<Client> {
    const api = await this.api();
    return this.clientFor({ api, token: await this.token(api) });
  }

  /** A client for public requests; no token has to be configured, nor the one that is asked for. */
  async publicClient(): Promise<Client> {
    return this.clientFor({ api: await this.api(), token: undefined });
  }

  async clientFor(access: Access, extra: Partial<ClientOptions> = {}): Promise<Client> {
    this.lastAccess = access;
    const { makeClient } = await import('./make-client.ts');
    return makeClient(access, { onWarning: this.warn, ...extra });
  }

  async flag(key: string, given: boolean | undefined): Promise<boolean> {
    return given ?? (await this.setting(key, flag)) ?? false;
  }

  /** Prints a result as JSON. */
  async json(value: unknown): Promise<void> {
    const { pythonJson } = await import('./output/python-json.ts');
    this.result(pythonJson(value, await this.indent()));
  }

  /** Blanks to indent JSON by; 0: all on one line. */
  async indent(): Promise<number> {
    return this.options.indent ?? (await this.setting('indent', whole(0, INDENT_MAX))) ?? 0;
  }

  prompter(): Promise<Prompter> {
    this.#prompter ??= import('./io/prompter.ts').then(({ openPrompter }) => openPrompter(this.#interrupt));
    return this.#prompter;
  }

  async close(): Promise<void> {
    (await this.#prompter)?.close();
  }

  async #readSettings(): Promise<SettingsFile> {
    const [{ findSettingsFile }, { isOpenToOthers, readSettingsFile }, { hasSecrets }] = await Promise.all([
      import('./settings/locations.ts'),
      import('./settings/settings-file.ts'),
      import('./settings/secrets.ts'),
    ]);
    const file = readSettingsFile(findSettingsFile(this.options.tomlSettings, this.environment));
    if (file.path !== undefined && hasSecrets(file) && isOpenToOthers(file.path)) {
      this.warn(`${file.path} holds tokens and other users can read it: chmod 600 ${file.path}`);
    }
    return file;
  }
}
