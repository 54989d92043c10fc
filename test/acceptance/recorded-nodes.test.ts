import { replayRecorded } from '../helpers/recorded.ts';

replayRecorded('what clients were told of nodes so far', 'recorded-nodes.json', {
  groups: ['kernelci', 'runtime:lava-lab:node-editor'],
  users: { alice: ['kernelci'], mallory: ['runtime:lava-lab:node-editor'] },
  // One node is left closing for a while, as the services of the time left it.
  env: { KCI_LIFECYCLE: 'off' },
});
