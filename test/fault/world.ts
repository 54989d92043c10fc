import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from '../helpers/engines.ts';
import { type OwnPostgres, startOwnPostgres } from '../helpers/own-postgres.ts';
import type { Random } from '../helpers/random.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { startTcpProxy, type TcpProxy } from '../helpers/tcp-proxy.ts';

const SETTINGS = {
  KCI_WEBHOOK_ALLOW_PRIVATE: 'on',
  KCI_WEBHOOK_BACKOFF_SECONDS: '1',
  LOG_LEVEL: 'warn',
};

export interface Fault {
  name: string;
  strike(): Promise<void>;
}

/** All that a storm of events goes through, and what may happen to it. */
export interface World {
  instances: TestServer[];
  /** Addresses whose connections nobody cuts but the server's death. */
  direct: string[];
  /** Addresses behind proxies, which are cut now and then. */
  cut: string[];
  faults: Fault[];
}

export async function makeWorld(engine: Engine, random: Random): Promise<World> {
  const postgres = engine === 'postgres' ? await startOwnPostgres() : undefined;
  const env = postgres === undefined ? SETTINGS : { ...SETTINGS, DATABASE_URL: postgres.url };
  const first = await startServer({ engine: 'sqlite', env });
  const instances = postgres === undefined ? [first] : [first, await first.startSibling()];
  const proxies = await Promise.all(
    instances.map(({ url }) => startTcpProxy({ host: '127.0.0.1', port: Number(new URL(url).port) })),
  );
  return {
    instances,
    direct: instances.map(({ url }) => url),
    cut: proxies.map(({ port }) => `http://127.0.0.1:${port}`),
    faults: [
      ...instances.flatMap((server, n) => faultsOf(server, n + 1, random)),
      ...proxies.map((proxy, n) => cutting(proxy, n + 1, random)),
      ...(postgres === undefined ? [] : [killingPostgres(postgres, random)]),
    ],
  };
}

function faultsOf(server: TestServer, n: number, random: Random): Fault[] {
  const kill: Fault = {
    name: `kill -9 of instance ${n}`,
    strike: async () => {
      await server.kill9();
      await delay(random.below(300));
      await server.restart();
    },
  };
  const restart: Fault = { name: `restart of instance ${n}`, strike: () => server.restart() };
  const freeze: Fault = {
    name: `instance ${n} stands still`,
    strike: async () => {
      const { pid } = server;
      process.kill(pid, 'SIGSTOP');
      await delay(200 + random.below(500));
      process.kill(pid, 'SIGCONT');
    },
  };
  return [kill, kill, kill, restart, freeze];
}

const cutting = (proxy: TcpProxy, n: number, random: Random): Fault => ({
  name: `connections to instance ${n} are cut`,
  strike: async () => {
    for (let times = 1 + random.below(4); times > 0; times -= 1) {
      proxy.cut();
      await delay(random.below(150));
      proxy.mend();
      await delay(random.below(150));
    }
  },
});

const killingPostgres = (postgres: OwnPostgres, random: Random): Fault => ({
  name: 'kill -9 of PostgreSQL',
  strike: async () => {
    await postgres.kill9();
    await delay(random.below(300));
    await postgres.restart();
  },
});
