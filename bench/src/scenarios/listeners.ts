import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '../client/connection.ts';
import { Latencies } from '../client/latencies.ts';
import { send } from '../client/requests.ts';
import { Api, newAccount } from '../events/api.ts';
import { Listening } from '../events/listening.ts';
import { memoryOf } from '../machine/processes.ts';
import type { Run, Scenario } from '../run.ts';
import type { BenchServer } from '../server/server.ts';
import { newBodies } from './bodies.ts';

const USERS = 100;
const EACH = 10;
const PER_SECOND = 200;
const SECONDS = 60;
const WRITERS = 16;
const P99_MS = 250;
const BURST_MS = 500;
const MEMORY_MB = 400;
const MB = 1024 ** 2;

interface Account {
  token: string;
  subscriptions: number[];
  burst: number[];
}

async function accountsOf(server: BenchServer): Promise<Account[]> {
  const api = await Api.open(server);
  const accounts: Account[] = [];
  for (let user = 0; user < USERS; user += 1) {
    const token = await newAccount(server, api, `lab-${user}`);
    const account: Account = { token, subscriptions: [], burst: [] };
    for (let i = 0; i < EACH; i += 1) {
      account.subscriptions.push(await api.subscribe('node', token, false));
      account.burst.push(await api.subscribe('burst', token, true));
    }
    accounts.push(account);
  }
  api.close();
  return accounts;
}

/** Nodes of all owners in turn, so many a second; answers when each was sent. */
async function writeNodes(run: Run, server: BenchServer, accounts: readonly Account[]) {
  const connections = await Promise.all(Array.from({ length: WRITERS }, () => Connection.open(server.url)));
  const bodies = [...newBodies(run.data.sample, 2000)];
  const sent = new Map<string, number>();
  const total = PER_SECOND * SECONDS;
  const start = performance.now();
  let next = 0;
  await Promise.all(
    connections.map(async (connection) => {
      for (let i = next++; i < total; i = next++) {
        const due = start + (i * 1000) / PER_SECOND;
        if (due > performance.now()) await sleep(due - performance.now());
        const { token } = accounts[i % accounts.length] as Account;
        const at = performance.now();
        const request = send('POST', 'node', token, bodies[i % bodies.length]);
        const answer = await connection.exchange(request, { keepBody: true });
        if (answer.status !== 200) throw new Error(`${answer.head}\n${answer.body}`);
        sent.set((JSON.parse(answer.body.toString()) as { id: string }).id, at);
      }
      connection.close();
    }),
  );
  return { sent, perSecond: total / ((performance.now() - start) / 1000) };
}

async function steady(run: Run, server: BenchServer, accounts: readonly Account[]): Promise<void> {
  const heard: Array<{ id: string; at: number }> = [];
  const listening = await Promise.all(
    accounts.flatMap(({ token, subscriptions }) =>
      subscriptions.map((id) =>
        Listening.open(server, { id, token }, (node, at) => heard.push({ id: node, at })),
      ),
    ),
  );
  await sleep(2000);
  const { sent, perSecond } = await writeNodes(run, server, accounts);
  const wanted = sent.size * EACH;
  for (let i = 0; heard.length < wanted && i < 100; i += 1) await sleep(100);
  const { peak } = memoryOf(server.pid);
  for (const each of listening) each.close();
  if (heard.length !== wanted) throw new Error(`${heard.length} of ${wanted} events were heard`);
  const latencies = new Latencies();
  for (const { id, at } of heard) latencies.add(at - (sent.get(id) ?? Number.NaN));
  run.report.add({
    what: `${USERS * EACH} listeners, ${PER_SECOND} nodes/s of interest to ${EACH} each: p99`,
    value: latencies.percentile(99),
    unit: 'ms',
    atMost: P99_MS,
    more: { 'p50 ms': latencies.percentile(50), events: heard.length, 'nodes/s': perSecond },
  });
  run.report.add({ what: 'server memory meanwhile, peak', value: peak / MB, unit: 'MB', atMost: MEMORY_MB });
}

async function burst(run: Run, server: BenchServer, accounts: readonly Account[]): Promise<void> {
  const api = await Api.open(server);
  const times: number[] = [];
  let heard: number[] = [];
  const listening = await Promise.all(
    accounts.flatMap(({ token, burst }) =>
      burst.map((id) => Listening.open(server, { id, token }, (_what, at) => heard.push(at))),
    ),
  );
  for (let round = 0; round < run.rounds; round += 1) {
    heard = [];
    await sleep(2000);
    const sent = performance.now();
    await api.ask(send('POST', 'publish/burst', server.token, { data: { id: `${round}` } }));
    for (let i = 0; heard.length < USERS * EACH && i < 200; i += 1) await sleep(50);
    if (heard.length !== USERS * EACH) throw new Error(`${heard.length} listeners heard of the burst`);
    times.push(Math.max(...heard) - sent);
  }
  for (const each of listening) each.close();
  api.close();
  run.report.add({
    what: `one event for ${USERS * EACH} listeners: the last one has it, slowest of ${run.rounds}`,
    value: Math.max(...times),
    unit: 'ms',
    atMost: BURST_MS,
    more: { 'each ms': times.map((ms) => Math.round(ms)).join(' ') },
  });
}

/** A thousand subscriptions that are listened to while nodes are written, and all at once. */
export const listeners: Scenario = async (run) => {
  const copy = await run.data.copy();
  try {
    const server = await run.start(copy.location);
    const accounts = await accountsOf(server);
    await steady(run, server, accounts);
    await burst(run, server, accounts);
    await server.stop();
  } finally {
    await copy.drop();
  }
};
