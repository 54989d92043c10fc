import { replayRecorded } from '../helpers/recorded.ts';

replayRecorded('what clients were told of events so far', 'recorded-events.json', {
  users: { alice: [], mallory: [] },
});
