/** quarantine-release on real stores: never without two people who read what was found. */
import { describe, expect, test } from 'vitest';
import { asidePath, putAwayByHand } from '../support/aside-store.ts';
import { notingAgent } from '../support/noting-agent.ts';
import { startStoreStack, type Store, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';

let stack: StoreStack;

openForFile(async (server) => (stack = await startStoreStack(server)));

const scenario = 'quarantine-release';
const finding = 'the code was written by ren; a false alarm';
const named = (store: Store, n: number) => ({ tools: [store.sample.tools[n]!.id], finding });

describe('quarantined tools', () => {
  test('come back byte for byte once two people, neither the requester, agreed to the finding', async () => {
    const agent = notingAgent(stack);
    const store = await stack.store({ settings: agent.settings() });
    const whole = store.fingerprint();
    putAwayByHand(store, 'quarantine', 0);
    const id = await store.recover({ scenario, input: named(store, 0) });
    const gate = await stack.gate(id, 'release');
    expect(gate).toMatchObject({ need: 2, plan: { needsPeople: { en: expect.stringContaining(finding) } } });
    await expect(stack.decide(id, gate, 'hana', 'approve')).rejects.toMatchObject({ cause: { type: 'self-approval' } });
    expect(await stack.decide(id, gate, 'ren', 'approve')).toMatchObject({ state: 'open' });
    await expect(stack.decide(id, gate, 'ren', 'approve')).rejects.toThrow();
    expect(existsSync(store.tool(0))).toBe(false);
    await stack.decide(id, gate, 'mio', 'approve');
    const state = await stack.result(id);
    await stack.record(id, scenario);
    expect(state.status).toBe('recovered');
    expect(store.fingerprint()).toEqual(whole);
    expect(agent.heard()).toEqual(['stop', 'start']);
  });

  test('stay in quarantine when one of them says no', async () => {
    const store = await stack.store();
    putAwayByHand(store, 'quarantine', 0);
    const before = store.fingerprint();
    const id = await store.recover({ scenario, input: named(store, 0) });
    const gate = await stack.gate(id, 'release');
    await stack.decide(id, gate, 'ren', 'approve');
    await stack.decide(id, gate, 'mio', 'reject');
    expect((await stack.result(id)).status).toBe('stopped');
    await stack.record(id, `${scenario}.rejected`);
    expect(store.fingerprint()).toEqual(before);
  });

  test('are asked about again where the file changed after people had seen it', async () => {
    const store = await stack.store();
    putAwayByHand(store, 'quarantine', 0, 1);
    const id = await store.recover({ scenario, input: named(store, 0) });
    const gate = await stack.gate(id, 'release');
    await stack.decide(id, gate, 'ren', 'approve');
    writeFileSync(asidePath(store, 0, 'quarantine'), 'not what they read');
    await stack.decide(id, gate, 'mio', 'approve');
    const failed = await stack.gate(id, 'failed:release');
    expect(failed.error?.code).toBe('tool-unreadable');
    expect(existsSync(store.tool(0))).toBe(false);
    await stack.decide(id, failed, 'sora', 'amend', { input: { tools: [store.sample.tools[1]!.name] } });
    const again = await stack.gate(id, 'release');
    expect(again.digest).not.toBe(gate.digest);
    await stack.decide(id, again, 'ren', 'approve');
    await stack.decide(id, again, 'mio', 'approve');
    expect((await stack.result(id)).status).toBe('recovered');
    expect(existsSync(store.tool(1))).toBe(true);
  });

  test('do not take the place of a version in use', async () => {
    const store = await stack.store();
    putAwayByHand(store, 'quarantine', 0);
    writeFileSync(store.tool(0), '{}');
    const before = store.fingerprint();
    const id = await store.recover({ scenario, input: named(store, 0) });
    const gate = await stack.gate(id, 'failed:release');
    expect(gate.error?.code).toBe('tool-clash');
    await stack.decide(id, gate, 'sora', 'roll-back');
    await stack.result(id);
    expect(store.fingerprint()).toEqual(before);
    copyFileSync(asidePath(store, 0, 'quarantine'), store.tool(0));
  });

  test('go back into quarantine when a critical tool fails afterwards', async () => {
    const store = await stack.store({
      settings: ({ tools }) => `agent: none\ncriticalTools: [{ name: ${tools[3]!.name}, expect: { never: this } }]`,
    });
    putAwayByHand(store, 'quarantine', 0);
    const before = store.fingerprint();
    const id = await store.recover({ scenario, input: named(store, 0) });
    const gate = await stack.gate(id, 'release');
    await stack.decide(id, gate, 'ren', 'approve');
    await stack.decide(id, gate, 'mio', 'approve');
    await stack.decide(id, await stack.gate(id, 'failed:verify'), 'sora', 'roll-back');
    expect((await stack.result(id)).status).toBe('rolled-back');
    await stack.record(id, `${scenario}.rolled-back`);
    expect(store.fingerprint()).toEqual(before);
  });

  test('a dry run shows the plan and touches nothing; a start without a finding is refused', async () => {
    const store = await stack.store();
    putAwayByHand(store, 'quarantine', 0);
    const before = store.fingerprint();
    const id = await store.recover({ scenario, mode: 'dry-run', input: named(store, 0) });
    expect((await stack.result(id)).status).toBe('planned');
    await stack.record(id, `${scenario}.dry-run`);
    expect(store.fingerprint()).toEqual(before);
    const start = store.recover({ scenario, input: { tools: ['a'] } }).then((started) => stack.result(started));
    await expect(start).rejects.toMatchObject({ cause: { type: 'invalid-input', message: expect.stringContaining('finding') } });
  });
});
