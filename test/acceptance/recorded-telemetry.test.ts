import { replayRecorded } from '../helpers/recorded.ts';

replayRecorded('what clients were told of telemetry and of values by key so far', 'recorded-telemetry.json', {
  users: { alice: [] },
});
