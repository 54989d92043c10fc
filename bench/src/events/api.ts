import { Connection } from '../client/connection.ts';
import { get, send } from '../client/requests.ts';
import type { BenchServer } from '../server/server.ts';

/** What is asked of the server between the measurements, one request after the other. */
export class Api {
  readonly #connection: Connection;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  static async open(server: { url: string }): Promise<Api> {
    return new Api(await Connection.open(server.url));
  }

  close(): void {
    this.#connection.close();
  }

  async ask<T>(request: Buffer): Promise<T> {
    const answer = await this.#connection.exchange(request, { keepBody: true });
    if (answer.status !== 200) throw new Error(`${answer.head}\n${answer.body}`);
    return JSON.parse(answer.body.toString()) as T;
  }

  read<T>(path: string): Promise<T> {
    return this.ask(get(path));
  }

  async subscribe(channel: string, token: string, promiscuous: boolean): Promise<number> {
    const path = `subscribe/${channel}${promiscuous ? '?promisc=true' : ''}`;
    return (await this.ask<{ id: number }>(send('POST', path, token, {}))).id;
  }
}

/** A token of a new account without admin rights, made as an admin makes one. */
export async function newAccount(server: BenchServer, api: Api, username: string): Promise<string> {
  const password = `the password of ${username}`;
  const body = { username, email: `${username}@example.org`, password };
  const { id } = await api.ask<{ id: string }>(send('POST', 'user/register', server.token, body));
  await api.ask(send('PATCH', `user/${id}`, server.token, { is_verified: true }));
  const form = new URLSearchParams({ username, password });
  const answer = await fetch(`${server.url}/latest/user/login`, { method: 'POST', body: form });
  return ((await answer.json()) as { access_token: string }).access_token;
}
