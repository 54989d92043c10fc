import { Connection } from '../client/connection.ts';
import { filters, SHAPES } from '../queries/cases.ts';
import { asMeasurement, type Measured, matchesOf, measure } from '../queries/measure.ts';
import { summarize } from '../queries/summary.ts';
import { reportMemory, type Scenario } from '../run.ts';

/** Every filter with a target: first pages in both orders, with and without an exact total. */
export const queries: Scenario = async (run) => {
  const server = await run.start(run.data.location);
  const connection = await Connection.open(server.url);
  const measured: Measured[] = [];
  for (const filter of filters(run.data.sample)) {
    const matches = await matchesOf(connection, filter);
    for (const shape of SHAPES) {
      const one = await measure({ run, server, connection }, filter, shape, matches);
      run.report.note(asMeasurement(one));
      measured.push(one);
    }
    process.stderr.write(`\r${measured.length} filters measured `);
  }
  process.stderr.write('\r                             \r');
  connection.close();
  summarize(run.report, measured);
  await reportMemory(run, server);
};
