/** Verification with people on a real store: who ticks, who signs, what a failing item stops, and that nothing is touched. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checklistKey } from '../../activities/records/keys.ts';
import type { FilledChecklist, ChecklistReceipt } from '../../domain/checklist/words.ts';
import { controlQueue } from '../../domain/identity.ts';
import { kinds } from '../../contracts/kinds.ts';
import type { RecoveryState } from '../../domain/recovery.ts';
import { installExtension } from '../support/agent-extension.ts';
import { outcomesOf, refusal } from '../support/recovery-driver.ts';
import { startStoreStack, type Store, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';
import { agentPackage } from '../activities/checklist/world.ts';

const scenario = 'tool-store-check';
let stack: StoreStack;
let agent: { path: string };

openForFile(async (server) => {
  agent = await agentPackage();
  return (stack = await startStoreStack(server));
});

const listOf = ({ id }: RecoveryState): FilledChecklist =>
  JSON.parse(readFileSync(join(stack.data, 'records', checklistKey(id)), 'utf8')) as FilledChecklist;

/** A healthy store with a verified backup, and the agent's package where it is asked for. */
async function healthyStore({ withAgent = false } = {}): Promise<Store> {
  const limits = 'limits: { diskPercent: 100, memoryPercent: 100, toolMs: 60000 }';
  const store = await stack.store({
    settings: ({ tools }) =>
      [
        'agent: none',
        limits,
        `criticalTools: [{ name: ${tools[0]!.name} }]`,
        ...(withAgent ? [`agentPackage: { path: ${agent.path} }`] : []),
      ].join('\n'),
  });
  if (withAgent) installExtension(store.root);
  await store.verifiedBackup();
  return store;
}

async function tickAll(id: string, by: string): Promise<number> {
  let ticked = 0;
  const state = await stack.until(id, ({ waitingFor }) => waitingFor.some(({ kind }) => kind === 'checklist'));
  for (const gate of state.waitingFor.filter(({ kind }) => kind === 'checklist')) {
    await stack.decide(id, gate, by, 'tick');
    ticked++;
  }
  return ticked;
}

describe('with the agent', () => {
  test('machines answer all, another person signs, and the store is byte for byte as before', async () => {
    const store = await healthyStore({ withAgent: true });
    const before = store.fingerprint();
    const id = await store.recover({ scenario });
    const gate = await stack.gate(id, 'sign-off');
    const selfApproval = await refusal(stack.decide(id, gate, 'hana', 'approve'));
    expect(selfApproval.type).toBe('self-approval');
    await stack.decide(id, gate, 'ren', 'approve');
    const state = await stack.result(id);
    await stack.record(id, 'tool-store-check');
    expect(state.status).toBe('recovered');
    expect(store.fingerprint()).toEqual(before);
    const list = listOf(state);
    expect([list.passed, list.digest]).toEqual([true, gate.digest]);
    expect(list.items.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
  });
});

describe('without the agent', () => {
  test('people tick what it would have answered; who ticked cannot sign', async () => {
    const store = await healthyStore();
    const id = await store.recover({ scenario, requestedBy: 'sora' });
    expect(await tickAll(id, 'ren')).toBe(9);
    const gate = await stack.gate(id, 'sign-off');
    expect((await refusal(stack.decide(id, gate, 'ren', 'approve'))).type).toBe('same-person');
    await stack.decide(id, gate, 'hana', 'approve');
    const state = await stack.result(id);
    await stack.record(id, 'tool-store-check.people');
    expect(state.status).toBe('recovered');
    expect(outcomesOf(state).slice(-4)).toEqual([
      ['checklist', 'done'],
      ['look yourselves', 'done'],
      ['sign', 'done'],
      ['verify', 'done'],
    ]);
  });

  test('an item that a person fails waits, and is asked again', async () => {
    const store = await healthyStore();
    const id = await store.recover({ scenario });
    await stack.decide(id, await stack.gate(id, 'check:create-works'), 'sora', 'fail');
    await tickAll(id, 'sora');
    await stack.decide(id, await stack.gate(id, 'failed:look yourselves'), 'sora', 'retry');
    expect(await tickAll(id, 'sora')).toBe(9);
    await stack.approve(id, 'sign-off');
    expect((await stack.result(id)).status).toBe('recovered');
  });

  test('nobody signs: it is not verified', async () => {
    const store = await healthyStore();
    const id = await store.recover({ scenario });
    await tickAll(id, 'sora');
    await stack.decide(id, await stack.gate(id, 'sign-off'), 'ren', 'reject');
    const state = await stack.result(id);
    await stack.record(id, 'tool-store-check.rejected');
    expect(state.status).toBe('stopped');
  });
});

describe('a failing item', () => {
  test('stops it until it is mended, and is named', async () => {
    const store = await healthyStore();
    const tool = readFileSync(store.tool(5));
    rmSync(store.tool(5));
    const id = await store.recover({ scenario });
    const gate = await stack.gate(id, 'failed:checklist');
    expect(gate.error?.sentence.en).toContain(store.sample.tools[5]!.id);
    expect(gate.choices).not.toContain('skip');
    writeFileSync(store.tool(5), tool);
    await stack.decide(id, gate, 'sora', 'retry');
    await tickAll(id, 'sora');
    await stack.approve(id, 'sign-off');
    const state = await stack.result(id);
    await stack.record(id, 'tool-store-check.failed-item');
    expect(state.status).toBe('recovered');
  });

  test('taken back, it ends without a change', async () => {
    const store = await healthyStore();
    rmSync(store.tool(5));
    const id = await store.recover({ scenario });
    await stack.decide(id, await stack.gate(id, 'failed:checklist'), 'sora', 'roll-back');
    expect((await stack.result(id)).status).toBe('stopped');
  });

  test('a target that is gone was not checked, which is no pass', async () => {
    const store = await healthyStore();
    rmSync(store.root, { recursive: true });
    const id = await store.recover({ scenario });
    const gate = await stack.gate(id, 'failed:checklist');
    expect(gate.error?.sentence.en).toContain('does not exist');
    await stack.decide(id, gate, 'sora', 'roll-back');
    await stack.result(id);
  });
});

test('a dry run fills the list in and asks nobody', async () => {
  const store = await healthyStore();
  const before = store.fingerprint();
  const state = await stack.result(await store.recover({ scenario, mode: 'dry-run' }));
  expect(state.status).toBe('planned');
  expect(store.fingerprint()).toEqual(before);
  expect(listOf(state).passed).toBe(true);
});

test('the workflow behind POST …/verify fills the same list in without people', async () => {
  const store = await healthyStore({ withAgent: true });
  const before = store.fingerprint();
  const { checks, keep } = kinds['tool-store']!.verify!;
  const id = '20261122T010000Z-verification-abcdef';
  const receipt = (await stack.client.workflow.execute('verification', {
    workflowId: `verification/${id}`,
    taskQueue: controlQueue,
    workflowTaskTimeout: '2s',
    args: [{ target: store.id, site: 'main', id, checks, keep, input: { tools: 12 } }],
  })) as ChecklistReceipt;
  await stack.record(`verification/${id}`, 'verification');
  expect(receipt).toMatchObject({ passed: true, ref: checklistKey(id), counts: { ok: 22 } });
  expect(store.fingerprint()).toEqual(before);
});
