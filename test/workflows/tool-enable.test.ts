/** tool-enable on real stores: disabled tools come back byte for byte, and only where nothing is in their way. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { asidePath, putAwayByHand } from '../support/aside-store.ts';
import { makeWritable, onReadOnly } from '../support/mounts.ts';
import { notingAgent } from '../support/noting-agent.ts';
import { startStoreStack, type Store, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';
import { outcomesByStep } from '../support/recovery-driver.ts';

let stack: StoreStack;

openForFile(async (server) => (stack = await startStoreStack(server)));

const scenario = 'tool-enable';
const named = (store: Store, ...numbers: number[]) => ({ tools: numbers.map((n) => store.sample.tools[n]!.name) });
const always = 'approvals: { enable: { always: true } }';

describe('disabled tools', () => {
  test('come back byte for byte without asking anybody, the agent resting only while they move', async () => {
    const agent = notingAgent(stack);
    const store = await stack.store({ settings: agent.settings() });
    const whole = store.fingerprint();
    putAwayByHand(store, 'disabled', 0, 1);
    const id = await store.recover({ scenario, input: { tools: [store.sample.tools[0]!.name, store.sample.tools[1]!.id] } });
    const state = await stack.result(id);
    await stack.record(id, scenario);
    expect(state.status).toBe('recovered');
    expect(store.fingerprint()).toEqual(whole);
    expect(agent.heard()).toEqual(['stop', 'start']);
    expect(state.steps.map(({ name }) => name)).toEqual(['hold target', 'mind agent', 'enable', 'start agent', 'verify']);
  });

  test('come back only after another person agreed where the policy always asks, while the agent goes on', async () => {
    const agent = notingAgent(stack);
    const store = await stack.store({ settings: `${agent.settings()}\n${always}` });
    const whole = store.fingerprint();
    putAwayByHand(store, 'disabled', 0);
    const id = await store.recover({ scenario, input: named(store, 0) });
    const gate = await stack.gate(id, 'enable');
    expect(agent.heard()).toEqual([]);
    expect(gate.plan?.changes).toEqual([expect.objectContaining({ action: 'add', path: store.sample.tools[0]!.path })]);
    await stack.decide(id, gate, 'ren', 'approve');
    expect((await stack.result(id)).status).toBe('recovered');
    expect(store.fingerprint()).toEqual(whole);
  });

  test('stay where they are when that person says no', async () => {
    const agent = notingAgent(stack);
    const store = await stack.store({ settings: `${agent.settings()}\n${always}` });
    putAwayByHand(store, 'disabled', 0);
    const before = store.fingerprint();
    const id = await store.recover({ scenario, input: named(store, 0) });
    await stack.decide(id, await stack.gate(id, 'enable'), 'ren', 'reject');
    expect((await stack.result(id)).status).toBe('stopped');
    await stack.record(id, `${scenario}.rejected`);
    expect([store.fingerprint(), agent.heard()]).toEqual([before, []]);
  });

  test('that were brought back by hand are noticed, not moved again', async () => {
    const store = await stack.store();
    const before = store.fingerprint();
    const state = await stack.result(await store.recover({ scenario, input: named(store, 0) }));
    expect([state.status, outcomesByStep(state)['enable']]).toEqual(['recovered', 'already-done']);
    expect(store.fingerprint()).toEqual(before);
  });

  test('that nobody put away are a failed step; the corrected list is taken in the same run', async () => {
    const store = await stack.store();
    const whole = store.fingerprint();
    putAwayByHand(store, 'disabled', 0);
    const id = await store.recover({ scenario, input: { tools: ['never_made'] } });
    const gate = await stack.gate(id, 'failed:enable');
    expect(gate.error).toMatchObject({ code: 'no-such-tool' });
    await stack.decide(id, gate, 'sora', 'amend', { input: named(store, 0) });
    expect((await stack.result(id)).status).toBe('recovered');
    expect(store.fingerprint()).toEqual(whole);
  });

  test('that the agent would not load stay away, with the reason', async () => {
    const store = await stack.store();
    putAwayByHand(store, 'disabled', 0);
    writeFileSync(asidePath(store, 0, 'disabled'), '{ "id": ');
    const before = store.fingerprint();
    const id = await store.recover({ scenario, input: { tools: [store.sample.tools[0]!.id] } });
    const gate = await stack.gate(id, 'failed:enable');
    expect(gate.error).toMatchObject({ code: 'tool-unreadable' });
    await stack.decide(id, gate, 'sora', 'roll-back');
    expect((await stack.result(id)).status).toBe('stopped');
    expect(store.fingerprint()).toEqual(before);
  });

  test('wait for a read-only store, and move with the same plan once it is not', async () => {
    const store = await stack.store();
    const whole = store.fingerprint();
    putAwayByHand(store, 'disabled', 0);
    await onReadOnly(store.root, async () => {
      const id = await store.recover({ scenario, input: named(store, 0) });
      const gate = await stack.gate(id, 'failed:enable');
      expect(gate.error?.code).toBe('target-read-only');
      makeWritable(store.root);
      await stack.decide(id, gate, 'sora', 'retry');
      expect((await stack.result(id)).status).toBe('recovered');
    });
    expect(store.fingerprint()).toEqual(whole);
  });

  test('go away again when a critical tool does not answer and a person takes it all back; the agent is started last', async () => {
    const agent = notingAgent(stack);
    const store = await stack.store({
      settings: ({ tools }) => `${agent.settings()}\ncriticalTools: [{ name: ${tools[3]!.name}, expect: { never: this } }]`,
    });
    putAwayByHand(store, 'disabled', 0);
    const before = store.fingerprint();
    const id = await store.recover({ scenario, input: named(store, 0) });
    await stack.decide(id, await stack.gate(id, 'failed:verify'), 'sora', 'roll-back');
    expect((await stack.result(id)).status).toBe('rolled-back');
    await stack.record(id, `${scenario}.rolled-back`);
    expect(store.fingerprint()).toEqual(before);
    expect(agent.heard()).toEqual(['stop', 'start', 'stop', 'start']);
  });

  test('a dry run shows the same plan and touches nothing', async () => {
    const agent = notingAgent(stack);
    const store = await stack.store({ settings: agent.settings() });
    putAwayByHand(store, 'disabled', 0);
    const before = store.fingerprint();
    const id = await store.recover({ scenario, mode: 'dry-run', input: named(store, 0) });
    const state = await stack.result(id);
    await stack.record(id, `${scenario}.dry-run`);
    expect([state.status, outcomesByStep(state)['enable']]).toEqual(['planned', 'planned']);
    expect([store.fingerprint(), agent.heard()]).toEqual([before, []]);
  });

  test('where the inventory does not speak of the agent, a person stops and starts it', async () => {
    const store = await stack.store({ settings: 'criticalTools: []' });
    const whole = store.fingerprint();
    putAwayByHand(store, 'disabled', 0);
    const bytes = readFileSync(asidePath(store, 0, 'disabled'));
    const id = await store.recover({ scenario, input: named(store, 0) });
    const stopped = await stack.gate(id, 'check:agent-stopped');
    expect(readFileSync(asidePath(store, 0, 'disabled'))).toEqual(bytes);
    await stack.decide(id, stopped, 'sora', 'tick');
    await stack.decide(id, await stack.gate(id, 'check:agent-started'), 'sora', 'tick');
    expect((await stack.result(id)).status).toBe('recovered');
    await stack.record(id, `${scenario}.checklist`);
    expect(store.fingerprint()).toEqual(whole);
  });
});
