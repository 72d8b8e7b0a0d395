/** A worker dies in the middle of a watch: whoever comes next judges what nobody saw, and brings the split back. */
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { countBy, get, type Answer } from '../support/haproxy/client.ts';
import type { TestProxy } from '../support/haproxy/proxy.ts';
import { startTrafficStack, type TrafficStack } from '../support/haproxy/stack.ts';
import { openForFile } from '../support/open-for-file.ts';
import { workerProcess, type WorkerProcess } from '../support/worker-process.ts';

let worker: WorkerProcess;
let stack: TrafficStack;

openForFile(async (server) => {
  worker = workerProcess(server.address);
  return (stack = await startTrafficStack(server, worker.run));
});

test('the new side erred only while no worker lived: it gives back what it had, and every lost request is counted', async () => {
  const bed = await stack.traffic({ fields: { dwell: '10m', steps: [50, 100], thresholds: { requests: 5, latency: '30s' } } });
  const [a] = bed.proxies as [TestProxy];
  worker.start();
  const id = await bed.shift();
  await stack.approve(id, 'shift');
  await eventually(() => a.split()).toContain('dr 50');
  await eventually(() => bed.dr.hosts.size).toBe(1);

  await worker.stop();
  bed.dr.mode = 'fails';
  const answers: Answer[] = [];
  for (let n = 0; n < 30; n++) answers.push(await get(a));
  bed.dr.mode = 'well';
  const lost = countBy(answers)['dr']!;
  expect(lost).toBeGreaterThan(10);
  expect(await a.split()).toContain('dr 50');

  worker.start();
  const failed = await stack.gate(id, 'failed:shift');
  expect(failed.error?.sentence.en).toBe(
    `${lost} of the last ${lost} requests of dr failed. The split is home 100 % / dr 0 % again; ${lost} requests were lost.`,
  );
  expect(await a.split()).toBe('prod 100 ready, dr 0 ready');
  await stack.decide(id, failed, 'hana', 'roll-back');
  expect((await stack.result(id)).status).toBe('rolled-back');
});
