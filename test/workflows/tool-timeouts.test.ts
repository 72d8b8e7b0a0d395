/** tool-timeouts on real stores and sockets, on a machine as busy as the test wants: who is to blame is looked for first, and tools go only with people's leave. */
import { appendFileSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RecoveryState } from '../../domain/recovery.ts';
import type { MachineLoad } from '../../domain/timeouts/words.ts';
import { asidePath } from '../support/aside-store.ts';
import { makeWritable, onReadOnly } from '../support/mounts.ts';
import { notingAgent } from '../support/noting-agent.ts';
import { startStoreStack, workerHere, type Store, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';

let stack: StoreStack;
let dependency: Server;
let port: number;

const calm: MachineLoad = {
  ...{ cores: 2, busyShare: 0.3, loadPerCore: 0.5, memoryBytes: 8e9, memoryFreeBytes: 4e9, diskBytes: 1e11, diskFreeBytes: 5e10 },
  heaviest: ['encoder', 'indexer', 'agent', 'browser'].map((name, n) => ({
    pid: 100 + n,
    name,
    cores: 0.4 - n / 10,
    memoryBytes: 1e8,
  })),
};
let load = calm;

openForFile(async (server, tidy) => {
  dependency = createServer((socket) => socket.end());
  tidy.defer(() => void dependency.close());
  dependency.listen(0, '127.0.0.1');
  await once(dependency, 'listening');
  ({ port } = dependency.address() as AddressInfo);
  const withLoad = workerHere(server.address, (ports) => ({ ...ports, load: { readLoad: () => Promise.resolve(load) } }));
  return (stack = await startStoreStack(server, withLoad));
});

const scenario = 'tool-timeouts';
const step = (state: RecoveryState, wanted: string) => state.steps.find(({ name }) => name === wanted);

/** Lines of the log as the extension writes them for a tool that ran into its limit. */
function timeOut(store: Store, n: number, times: number): void {
  const { name } = store.sample.tools[n]!;
  const line = {
    timestamp: new Date().toISOString(),
    action: 'run_dynamic_tool',
    toolName: name,
    success: false,
    error: 'timed out',
  };
  appendFileSync(store.log, `${JSON.stringify(line)}\n`.repeat(times));
}

/** The store without what was put away, which lies in the side folder as it was. */
function expectDisabled(store: Store, whole: ReturnType<Store['fingerprint']>, ...numbers: readonly number[]): void {
  const wanted = { ...whole };
  for (const n of numbers) {
    const { path } = store.sample.tools[n]!;
    wanted[path.replace('.pi/tools/', '.pi/tools/disabled/')] = whole[path]!;
    delete wanted[path];
  }
  expect(store.fingerprint()).toEqual(wanted);
}

const tickResources = async (id: string): Promise<void> =>
  void (await stack.decide(id, await stack.gate(id, 'check:resources-freed'), 'sora', 'tick'));

describe('tools that time out', () => {
  test('are put away once another person agreed, the agent resting only while they move', async () => {
    const agent = notingAgent(stack);
    const store = await stack.store({
      settings: ({ tools }) =>
        `${agent.settings()}\ncriticalTools: [{ name: ${tools[5]!.name} }]\ndependencies: [{ id: db, host: 127.0.0.1, port: ${port} }]`,
    });
    timeOut(store, 0, 4);
    timeOut(store, 1, 3);
    timeOut(store, 2, 2);
    timeOut(store, 5, 9);
    const whole = store.fingerprint();
    const id = await store.recover({ scenario });
    const gate = await stack.gate(id, 'disable');
    expect(agent.heard()).toEqual([]);
    expect(gate.plan?.changes.map(({ path }) => path).toSorted()).toEqual(
      [0, 1].map((n) => store.sample.tools[n]!.path).toSorted(),
    );
    expect(gate.plan?.changes.map(({ after }) => after).join()).toContain('4 timeouts');
    await stack.decide(id, gate, 'ren', 'approve');
    await tickResources(id);
    const state = await stack.result(id);
    await stack.record(id, scenario);
    expect(state.status).toBe('recovered');
    expectDisabled(store, whole, 0, 1);
    expect(agent.heard()).toEqual(['stop', 'start']);
    expect(state.steps.map(({ name }) => name)).toEqual([
      ...['hold target', 'look at resources', 'probe dependencies', 'count timeouts', 'choose tools', 'mind agent', 'disable'],
      ...['start agent', 'look for write-backs', 'free resources', 'verify'],
    ]);
    expect(step(state, 'look at resources')?.evidence).toMatchObject({ heaviest: expect.any(Array), cores: expect.any(Number) });
    expect(step(state, 'probe dependencies')?.sentence.en).toContain('db answers');
    expect(step(state, 'choose tools')?.sentence.en).toContain(store.sample.tools[5]!.name);
  });

  test('are looked at with suspicion of a dependency that is down: who decides reads that first', async () => {
    const store = await stack.store({
      settings: `agent: none\ndependencies: [{ id: db, host: no-such-host.invalid, port: 5432 }]`,
    });
    timeOut(store, 0, 3);
    const before = store.fingerprint();
    const id = await store.recover({ scenario });
    const gate = await stack.gate(id, 'disable');
    expect(gate.title.en).toMatch(/db.*rather than the tools/);
    await stack.decide(id, gate, 'ren', 'reject');
    expect((await stack.result(id)).status).toBe('stopped');
    await stack.record(id, `${scenario}.rejected`);
    expect(store.fingerprint()).toEqual(before);
  });

  test('go by name whatever the log says; and without a log', async () => {
    const store = await stack.store({ logLines: 0 });
    const whole = store.fingerprint();
    const id = await store.recover({ scenario, input: { tools: [store.sample.tools[3]!.id] } });
    await stack.approve(id, 'disable');
    await tickResources(id);
    expect((await stack.result(id)).status).toBe('recovered');
    expectDisabled(store, whole, 3);
  });

  test('are none where nothing timed out often enough: it ends with a verification all the same', async () => {
    const store = await stack.store();
    timeOut(store, 0, 2);
    const before = store.fingerprint();
    const id = await store.recover({ scenario });
    const end = await stack.result(id);
    expect([end.status, step(end, 'disable')?.outcome, step(end, 'verify')?.outcome]).toEqual([
      'recovered',
      'already-done',
      'done',
    ]);
    expect(store.fingerprint()).toEqual(before);
  });

  test('are none, and the machine is short of memory: a person frees it before it is recovered', async () => {
    load = { ...calm, memoryFreeBytes: 1e8 };
    try {
      const store = await stack.store();
      const id = await store.recover({ scenario });
      const gate = await stack.gate(id, 'check:resources-freed');
      expect(gate.title.en).toContain('encoder, indexer, agent');
      expect(step(await stack.state(id), 'look at resources')?.sentence.en).toContain('Memory is running out');
      await stack.decide(id, gate, 'sora', 'tick');
      expect((await stack.result(id)).status).toBe('recovered');
    } finally {
      load = calm;
    }
  });

  test('that are critical are not put away by name either; the corrected list is taken in the same run', async () => {
    const store = await stack.store({ settings: ({ tools }) => `agent: none\ncriticalTools: [{ name: ${tools[0]!.name} }]` });
    const whole = store.fingerprint();
    const id = await store.recover({ scenario, input: { tools: [store.sample.tools[0]!.name] } });
    const gate = await stack.gate(id, 'failed:choose tools');
    expect(gate.error?.code).toBe('critical-tool');
    await stack.decide(id, gate, 'sora', 'amend', { input: { tools: [store.sample.tools[1]!.name], atLeast: 3 } });
    await stack.approve(id, 'disable');
    await tickResources(id);
    expect((await stack.result(id)).status).toBe('recovered');
    expectDisabled(store, whole, 1);
  });

  test('that were used while people decided are still the ones that were meant', async () => {
    const store = await stack.store();
    const id = await store.recover({ scenario, input: { tools: [store.sample.tools[0]!.name] } });
    const gate = await stack.gate(id, 'disable');
    const used = { ...(JSON.parse(readFileSync(store.tool(0), 'utf8')) as object), usageCount: 77 };
    writeFileSync(store.tool(0), JSON.stringify(used, null, 2));
    const whole = store.fingerprint();
    await stack.decide(id, gate, 'ren', 'approve');
    await tickResources(id);
    expect((await stack.result(id)).status).toBe('recovered');
    expectDisabled(store, whole, 0);
  });

  test('that are written back by an agent with an old memory are noticed, shown, and put away again', async () => {
    const agent = notingAgent(stack);
    const old = join(stack.folder, 'old-memory.json');
    const store = await stack.store({
      settings: ({ root, tools }) => {
        const tool = join(root, tools[0]!.path);
        copyFileSync(tool, old);
        return agent.settings(`cp ${old} ${tool}`);
      },
    });
    const whole = store.fingerprint();
    const id = await store.recover({ scenario, input: { tools: [store.sample.tools[0]!.name] } });
    await stack.approve(id, 'disable');
    const again = await stack.gate(id, 'disable');
    await stack.until(id, (state) => step(state, 'look for write-backs')?.outcome === 'waiting');
    await stack.decide(id, (await stack.state(id)).waitingFor[0] ?? again, 'ren', 'approve');
    await tickResources(id);
    expect((await stack.result(id)).status).toBe('recovered');
    await stack.record(id, `${scenario}.write-back`);
    expectDisabled(store, whole, 0);
  });

  test('come back when a critical tool fails afterwards and a person takes it all back; the agent is started last', async () => {
    const agent = notingAgent(stack);
    const store = await stack.store({
      settings: ({ tools }) => `${agent.settings()}\ncriticalTools: [{ name: ${tools[3]!.name}, expect: { never: this } }]`,
    });
    const before = store.fingerprint();
    const id = await store.recover({ scenario, input: { tools: [store.sample.tools[0]!.name] } });
    await stack.approve(id, 'disable');
    await tickResources(id);
    await stack.decide(id, await stack.gate(id, 'failed:verify'), 'sora', 'roll-back');
    expect((await stack.result(id)).status).toBe('rolled-back');
    await stack.record(id, `${scenario}.rolled-back`);
    expect(store.fingerprint()).toEqual(before);
    expect(agent.heard()).toEqual(['stop', 'start', 'stop', 'start']);
  });

  test('a person who sees that resources are not free says so, and the step waits', async () => {
    const store = await stack.store();
    const id = await store.recover({ scenario, input: { tools: [store.sample.tools[0]!.name] } });
    await stack.approve(id, 'disable');
    await stack.decide(id, await stack.gate(id, 'check:resources-freed'), 'sora', 'fail');
    const failed = await stack.gate(id, 'failed:free resources');
    expect(failed.error?.code).toBe('check-failed');
    await stack.decide(id, failed, 'sora', 'retry');
    await tickResources(id);
    expect((await stack.result(id)).status).toBe('recovered');
  });

  test('wait for a read-only store, and are put away with the same plan once it is not', async () => {
    const store = await stack.store();
    const whole = store.fingerprint();
    await onReadOnly(store.root, async () => {
      const id = await store.recover({ scenario, input: { tools: [store.sample.tools[0]!.name] } });
      await stack.approve(id, 'disable');
      const failed = await stack.gate(id, 'failed:disable');
      expect(failed.error?.code).toBe('target-read-only');
      makeWritable(store.root);
      await stack.decide(id, failed, 'sora', 'retry');
      await tickResources(id);
      expect((await stack.result(id)).status).toBe('recovered');
    });
    expectDisabled(store, whole, 0);
  });

  test('a dry run shows the same plan and touches nothing', async () => {
    const agent = notingAgent(stack);
    const store = await stack.store({ settings: agent.settings() });
    timeOut(store, 0, 3);
    const before = store.fingerprint();
    const id = await store.recover({ scenario, mode: 'dry-run' });
    const state = await stack.result(id);
    await stack.record(id, `${scenario}.dry-run`);
    expect([state.status, step(state, 'disable')?.outcome]).toEqual(['planned', 'planned']);
    expect([store.fingerprint(), agent.heard(), existsSync(asidePath(store, 0, 'disabled'))]).toEqual([before, [], false]);
  });
});
