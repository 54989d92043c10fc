// Follows the jobs that end, for ever. node follow.ts POSITION-FILE
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const api = process.env.KCI_API ?? 'http://127.0.0.1:8001';
const file = process.argv[2] ?? 'position';
let after = 'latest';
try {
  after = readFileSync(file, 'utf8');
} catch {} // the first time: from now on
for (;;) {
  const url = `${api}/latest/feed?channel=node&kind=job&state=done&wait=30&after=${after}`;
  const answer = await fetch(url).catch(() => undefined);
  if (answer?.status === 410) throw new Error(`away for too long: ${await answer.text()}`);
  if (!answer?.ok) await sleep(2000);
  if (!answer?.ok) continue;
  const { items, next } = await answer.json();
  for (const { data } of items) console.log(data.id, data.name, data.result); // the work: may happen twice
  writeFileSync(`${file}.new`, String(next)); // and is then never to be done again
  renameSync(`${file}.new`, file);
  after = String(next);
}
