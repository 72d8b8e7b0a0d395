/** The toys in a worker process as ours is, so that it can be killed: the same options, the same queues, the same kernel. */
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { NativeConnection } from '@temporalio/worker';
import { createKernelActivities } from '../../activities/kernel.ts';
import { createDirectoryRecords } from '../../adapters/files/directory-records.ts';
import { parseInventory } from '../../config/inventory.ts';
import { createMemoryMessenger } from '../../test/support/memory-messenger.ts';
import { createToyActivities, toyKinds, toyScenarios, ToyWorld, type ToyActivities } from '../../test/support/toy/kind.ts';
import { workflowBundle } from '../../worker/bundle.ts';
import { startWorker } from '../../worker/run.ts';
import { Traces } from './traces.ts';

const [address, folder] = process.argv.slice(2);
if (address === undefined || folder === undefined) throw new Error('usage: toy-worker.ts ADDRESS FOLDER');

const inventory = parseInventory(
  `version: 1
people:
  - { id: hana, name: Hana, roles: [operator], token: { env: A } }
  - { id: ren, name: Ren, roles: [approver], token: { env: B } }
targets:
  - { id: quick, kind: toy }
  - { id: patient, kind: toy }
  - { id: gate, kind: toy, approvals: { set: { always: true } } }
  - { id: between, kind: toy }
`,
  join(folder, 'okiagari.yaml'),
  { kinds: toyKinds, scenarios: toyScenarios },
);
const traces = new Traces(folder);
const world = new ToyWorld(folder);
const toys = createToyActivities(world);
world.hooks.set('takeToy', () => (traces.hangs('patient') ? undefined : 'done'));

const begun: Pick<ToyActivities, 'nothing' | 'takeToy' | 'applySet'> = {
  async nothing({ target }) {
    traces.began(target);
    if (traces.hangs(target)) await new Promise(() => {});
  },
  takeToy(input) {
    traces.began('patient');
    return toys.takeToy(input);
  },
  applySet(input) {
    traces.began('gate');
    return toys.applySet(input);
  },
};
const kernel = createKernelActivities(
  {
    inventory: () => inventory,
    records: createDirectoryRecords(join(folder, 'records')),
    isSigned: (_, signature) => signature.startsWith('signed'),
    messenger: createMemoryMessenger(),
  },
  { scenarios: toyScenarios, kinds: toyKinds },
);
const worker = await startWorker({
  connection: await NativeConnection.connect({ address }),
  activities: { ...kernel, ...toys, ...begun },
  site: 'main',
  workflowBundle: await workflowBundle({ entry: fileURLToPath(new URL('../../test/support/toy/workflows.ts', import.meta.url)) }),
});
traces.began('worker');
await worker.ended;
