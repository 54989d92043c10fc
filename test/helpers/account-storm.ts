import { randomInt } from 'node:crypto';
import { PASSWORD } from './accounts.ts';
import { type CallOptions, call } from './http.ts';
import { uniqueName } from './kci-workspace.ts';

export interface KnownUser {
  id: string;
  username: string;
  email: string;
  is_active: boolean;
  is_verified: boolean;
  groups: string[];
}

interface OwnUser extends KnownUser {
  password: string;
  tokens: Set<string>;
}

/** A change of accounts: how to ask for it, and what is so when it has happened. */
interface Change {
  method: string;
  path: string;
  options: CallOptions;
  /** @param targetId of what the audit log names as the target */
  happened(targetId: string): void;
}

const pick = <T>(items: readonly T[]): T | undefined =>
  items[items.length === 0 ? 0 : randomInt(items.length)];

/**
 * Changes users, groups and tokens that nobody else touches, one change after the other, and remembers which ones
 * were acknowledged. Each request's id stands in the audit log's entry for it.
 */
export class StormWorker {
  readonly users = new Map<string, OwnUser>();
  readonly groups: string[] = [];
  /** The ids of the requests that were answered with success. */
  readonly acknowledged: string[] = [];
  /** The request that was not answered before the server died. */
  pending: { requestId: string; change: Change } | undefined;
  readonly #server: { url: string };
  readonly #admin: string;

  constructor(server: { url: string }, admin: string) {
    this.#server = server;
    this.#admin = admin;
  }

  /** Goes on until the server does not answer. @throws Error when it answers a change with an error */
  async run(onAcknowledged: () => void): Promise<void> {
    for (;;) {
      const requestId = uniqueName('change');
      const change = this.#nextChange();
      const { method, path, options } = change;
      this.pending = { requestId, change };
      const answer = await call<{ id?: string; user?: { id: string } }>(
        this.#server,
        method,
        `/latest${path}`,
        {
          ...options,
          headers: { 'X-Request-Id': requestId },
        },
      ).catch(() => undefined);
      if (answer === undefined) return;
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
      this.#happen(change, requestId, answer.body?.id ?? '');
      onAcknowledged();
    }
  }

  /** Makes up its mind about the unanswered request: it happened if the audit log says so. */
  settle(targetId: string | undefined): void {
    if (this.pending === undefined) return;
    const { requestId, change } = this.pending;
    if (targetId !== undefined) this.#happen(change, requestId, targetId);
    this.pending = undefined;
  }

  #happen(change: Change, requestId: string, targetId: string): void {
    change.happened(targetId);
    this.acknowledged.push(requestId);
    this.pending = undefined;
  }

  #nextChange(): Change {
    const user = pick([...this.users.values()]);
    const dice = randomInt(100);
    if (user === undefined || dice < 25) return this.#register();
    if (dice < 35) return this.#createGroup();
    if (dice < 60) return this.#update(user);
    if (dice < 75) return user.is_active && user.is_verified ? this.#createToken(user) : this.#update(user);
    if (dice < 85) return this.#revoke(user);
    if (dice < 93) return this.#changePassword(user);
    return this.#delete(user);
  }

  #someGroups(): string[] {
    const own = this.groups.filter(() => randomInt(2) === 0);
    return ['node:edit:any', ...own.slice(0, 5)];
  }

  #register(): Change {
    const username = uniqueName('storm');
    const email = `${username}@example.org`;
    const groups = this.#someGroups();
    return {
      method: 'POST',
      path: '/user/register',
      options: { token: this.#admin, json: { username, email, password: PASSWORD, groups } },
      happened: (id) => {
        const flags = { is_active: true, is_verified: false };
        this.users.set(id, { id, username, email, ...flags, groups, password: PASSWORD, tokens: new Set() });
      },
    };
  }

  #createGroup(): Change {
    const name = uniqueName('storm');
    return {
      method: 'POST',
      path: '/user-groups',
      options: { token: this.#admin, json: { name } },
      happened: () => this.groups.push(name),
    };
  }

  #update(user: OwnUser): Change {
    const changes = {
      username: uniqueName('storm'),
      is_active: randomInt(4) > 0,
      is_verified: randomInt(4) > 0,
      groups: this.#someGroups(),
    };
    return {
      method: 'PATCH',
      path: `/user/${user.id}`,
      options: { token: this.#admin, json: changes },
      happened: () => void Object.assign(user, changes),
    };
  }

  #createToken(user: OwnUser): Change {
    const { username, password } = user;
    return {
      method: 'POST',
      path: '/user/token',
      options: { form: { username, password, name: 'storm' } },
      happened: (id) => user.tokens.add(id),
    };
  }

  #revoke(user: OwnUser): Change {
    const id = pick([...user.tokens]);
    if (id === undefined) return this.#update(user);
    return {
      method: 'DELETE',
      path: `/user/tokens/${id}`,
      options: { token: this.#admin },
      happened: () => user.tokens.delete(id),
    };
  }

  #changePassword(user: OwnUser): Change {
    const password = uniqueName('password');
    return {
      method: 'PATCH',
      path: `/user/${user.id}`,
      options: { token: this.#admin, json: { password } },
      happened: () => {
        user.password = password;
        user.tokens.clear();
      },
    };
  }

  #delete(user: OwnUser): Change {
    return {
      method: 'DELETE',
      path: `/user/${user.id}`,
      options: { token: this.#admin },
      happened: () => this.users.delete(user.id),
    };
  }
}
