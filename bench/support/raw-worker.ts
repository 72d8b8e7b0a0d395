/** A worker as the SDK's first example starts it, with no option of ours, to be killed beside ours. */
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import { NativeConnection, Worker } from '@temporalio/worker';
import { workflowBundle } from '../../worker/bundle.ts';
import type { RawActivities } from '../workflows/raw.ts';
import { Traces } from './traces.ts';

const [address, folder] = process.argv.slice(2);
if (address === undefined || folder === undefined) throw new Error('usage: raw-worker.ts ADDRESS FOLDER');

const traces = new Traces(folder);
const activities: RawActivities = {
  async work(name) {
    traces.began(name);
    if (!traces.hangs(name)) return;
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), 100);
    await context.cancelled.finally(() => clearInterval(beat));
  },
};
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue: 'raw',
  activities,
  workflowBundle: await workflowBundle({ entry: fileURLToPath(new URL('../workflows/raw.ts', import.meta.url)) }),
});
const ended = worker.run();
traces.began('worker');
await ended;
