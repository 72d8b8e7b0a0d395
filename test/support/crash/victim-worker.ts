/** A worker that kills itself: each point named in the environment fires once, wherever the process has come to. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { createActivities } from '../../../activities/index.ts';
import type { Ports } from '../../../activities/ports/index.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { resolveSecret } from '../../../config/environment.ts';
import { loadInventory } from '../../../config/inventory.ts';
import { workflowBundle } from '../../../worker/bundle.ts';
import { startWorker } from '../../../worker/run.ts';

const { CRASH_MARKS: marks, OKIAGARI_DATA: data, OKIAGARI_INVENTORY: inventoryFile } = process.env;
if (!marks || !data || !inventoryFile) throw new Error('CRASH_MARKS, OKIAGARI_DATA and OKIAGARI_INVENTORY are needed');

/** SIGKILL at the first passage of a point that the file `armed` matches; a folder in `marks` remembers that it fired. */
function pass(point: string): void {
  const armed = readFileSync(join(marks!, 'armed'), 'utf8');
  if (armed === '' || !new RegExp(armed).test(point)) return;
  try {
    mkdirSync(join(marks!, point));
  } catch {
    return;
  }
  process.kill(process.pid, 'SIGKILL');
}

/** Every function of the object passes a point before and after its work. */
function mined<T extends object>(prefix: string, object: T, onlySome: (name: string) => boolean = () => true): T {
  return Object.fromEntries(
    Object.entries(object).map(([name, member]) => {
      if (typeof member !== 'function' || !onlySome(name)) return [name, member];
      const work = member as (...args: unknown[]) => unknown;
      return [
        name,
        async (...args: unknown[]) => {
          pass(`before ${prefix}${name}`);
          const result = await work(...args);
          pass(`after ${prefix}${name}`);
          return result;
        },
      ];
    }),
  ) as T;
}

/** Inside an activity: between two effects on the target's files. */
const minedPorts = (ports: Ports): Ports => ({
  ...ports,
  files: mined('files.', ports.files, (name) =>
    ['copy', 'rename', 'remove', 'setAttributes', 'writeDocument', 'syncFolder'].includes(name),
  ),
});

// A test process that dies without its hooks must not leave a worker behind.
process.stdin.resume().once('end', () => process.exit());

Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
});
const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS']! });
const ports = createPorts({ inventory: () => loadInventory(inventoryFile), data, secret: resolveSecret });
const worker = await startWorker({
  connection,
  activities: mined('', createActivities(minedPorts(ports))),
  site: 'main',
  workflowBundle: await workflowBundle(),
});
writeFileSync(join(marks, 'worker-ready'), String(process.pid));
await worker.ended;
