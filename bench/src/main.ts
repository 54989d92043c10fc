import { constants } from 'node:os';
import path from 'node:path';
import type { DataSets } from './data/data-set.ts';
import { postgresDataSets } from './data/postgres.ts';
import { sqliteDataSets } from './data/sqlite.ts';
import { machineFacts } from './machine/facts.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { topFunctions } from './profile.ts';
import { Report } from './report.ts';
import type { Run } from './run.ts';
import { SCENARIOS, type ScenarioName } from './scenarios/index.ts';
import { type BenchServer, startServer } from './server/server.ts';

const FUNCTIONS_SHOWN = 40;

interface Running {
  options: Options;
  report: Report;
  dataSets: DataSets;
}

async function runScenario(running: Running, name: ScenarioName, data: Run['data']): Promise<void> {
  const { options, report, dataSets } = running;
  const servers: BenchServer[] = [];
  const { nodes } = data.sample;
  const profileDir = options.profile && path.join(options.profile, `${name}-${data.engine}-${nodes}`);
  report.begin({ scenario: name, engine: data.engine, nodes });
  try {
    await SCENARIOS[name]({
      data,
      provide: dataSets.provide,
      report,
      seconds: options.seconds,
      rounds: options.rounds,
      databasePid: dataSets.databasePid,
      start: async (location) => {
        const server = await startServer(location, profileDir);
        servers.push(server);
        return server;
      },
    });
  } finally {
    for (const server of servers) await server.stop();
  }
  if (profileDir === undefined) return;
  report.lines(topFunctions(profileDir, FUNCTIONS_SHOWN, servers.at(-1)?.startTime ?? 0));
}

async function runEngine(running: Running): Promise<void> {
  const { options, dataSets } = running;
  try {
    for (const nodes of options.sizes) {
      const data = await dataSets.provide(nodes);
      for (const name of options.scenarios) await runScenario(running, name, data);
    }
  } finally {
    await dataSets.close();
  }
}

/** @returns the exit code: 0 whatever the targets say, 2 for wrong arguments */
async function main(argv: string[]): Promise<number> {
  let options: Options | undefined;
  try {
    options = readOptions(argv, process.env);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return 2;
  }
  if (options === undefined) {
    process.stdout.write(USAGE);
    return 0;
  }
  const report = new Report(options.json);
  report.lines(machineFacts().lines);
  for (const engine of options.engines) {
    const dataSets = engine === 'sqlite' ? sqliteDataSets(options) : await postgresDataSets(options);
    await runEngine({ options, report, dataSets });
  }
  report.lines(['', report.missed === 0 ? 'every target was met' : `${report.missed} targets were missed`]);
  return 0;
}

// A signal alone would end the process without its exit handlers, which end the servers.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    process.stderr.write(`\nended by ${signal}\n`);
    process.exit(128 + constants.signals[signal]);
  });
}
process.exitCode = await main(process.argv.slice(2));
