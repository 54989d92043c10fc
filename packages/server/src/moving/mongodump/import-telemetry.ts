import { TELEMETRY_KINDS } from '@kernelci/model';
import { knownTelemetry } from '../../store/moving/imported.ts';
import { insertTelemetry, type TelemetryRow } from '../../store/telemetry.ts';
import type { Tally } from '../report.ts';
import { attempt, eachBatch, type Importing } from './collection.ts';
import {
  date,
  type Fields,
  fieldsOf,
  flag,
  LeftOut,
  madeAt,
  ownId,
  plain,
  quickId,
  storable,
  text,
} from './plain.ts';

/** Names are in indexes, which take no longer ones. */
const NAME_MAX = 500;

function name(fields: Fields, field: string): string | null {
  const value = text(fields, field);
  if (value !== null && value.length > NAME_MAX) throw new LeftOut(`its ${field} is longer than ${NAME_MAX}`);
  return value;
}

function retriesIn(fields: Fields): number {
  const number = plain(fields.retry ?? 0);
  if (Number.isSafeInteger(number) && Number(number) < 2 ** 31) return Number(number);
  throw new LeftOut('its retry is no whole number');
}

function telemetryOf(id: string, fields: Fields): TelemetryRow {
  const kind = name(fields, 'kind') ?? '';
  const runtime = name(fields, 'runtime');
  if (!(TELEMETRY_KINDS as readonly string[]).includes(kind)) throw new LeftOut(`its kind is "${kind}"`);
  if (runtime === null) throw new LeftOut('it has no runtime');
  const row: TelemetryRow = {
    id,
    ts: date(fields, 'ts') ?? madeAt(id),
    kind,
    runtime,
    device_type: name(fields, 'device_type'),
    device_id: name(fields, 'device_id'),
    job_name: name(fields, 'job_name'),
    test_name: name(fields, 'test_name'),
    job_id: name(fields, 'job_id'),
    node_id: name(fields, 'node_id'),
    tree: name(fields, 'tree'),
    branch: name(fields, 'branch'),
    arch: name(fields, 'arch'),
    result: name(fields, 'result'),
    is_infra_error: flag(fields, 'is_infra_error') ? 1 : 0,
    error_type: name(fields, 'error_type'),
    error_msg: text(fields, 'error_msg'),
    retry: retriesIn(fields),
    extra: JSON.stringify(plain(fields.extra ?? {})),
  };
  storable(JSON.stringify(row));
  storable(row.extra);
  return row;
}

function newRows(documents: readonly Buffer[], known: Set<string>, tally: Tally): TelemetryRow[] {
  const rows: TelemetryRow[] = [];
  for (const document of documents) {
    const id = quickId(document);
    if (id !== undefined && known.has(id)) {
      tally.there += 1;
      continue;
    }
    const make = () => {
      const fields = fieldsOf(document);
      return telemetryOf(ownId(fields), fields);
    };
    const row = attempt(tally, () => id ?? 'no id', make);
    if (row === undefined) continue;
    known.add(row.id);
    rows.push(row);
  }
  return rows;
}

/** Takes the telemetry, whose ids are always of the database's own making. */
export async function importTelemetry(importing: Importing): Promise<void> {
  const { db } = importing;
  const names = { collection: 'telemetry', title: 'telemetry' };
  await eachBatch(importing, names, async (documents, tally) => {
    const known = await knownTelemetry(
      db.reader,
      documents.flatMap((document) => quickId(document) ?? []),
    );
    const rows = newRows(documents, known, tally);
    await db.write((tx) => insertTelemetry(tx, rows));
    tally.taken += rows.length;
  });
}
