/** tool-store-loss on real stores, through a real worker and Temporal: every kind of damage, every gate, every way out. */
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { backupWorkflowId, leaseWorkflowId } from '../../domain/identity.ts';
import type { RecoveryState } from '../../domain/recovery.ts';
import { eventually } from '../support/eventually.ts';
import { notingAgent } from '../support/noting-agent.ts';
import { startStoreStack, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';
import { sentenceOf } from '../support/recovery-driver.ts';

let stack: StoreStack;

openForFile(async (server) => (stack = await startStoreStack(server)));

const scenario = 'tool-store-loss';
const outcome = (state: RecoveryState, step: string) => state.steps.find(({ name }) => name === step)?.outcome;

describe('a lost store comes back', () => {
  test('byte for byte when the folder is gone, without asking anybody', async () => {
    const store = await stack.store();
    const before = store.fingerprint();
    const backup = await store.verifiedBackup();
    rmSync(join(store.root, '.pi/tools'), { recursive: true });
    const id = await store.recover({ scenario });
    const state = await stack.result(id);
    await stack.record(id, 'tool-store-loss');
    await stack.record(backupWorkflowId(backup.id), 'backup');
    await stack.record(`backup-test/${backup.id}`, 'backup-test');
    await stack.record(leaseWorkflowId(store.id), 'lease');
    expect(state.status).toBe('recovered');
    expect(store.fingerprint()).toEqual(before);
    expect(state.steps.map(({ name }) => name)).toEqual([
      'hold target',
      'protect',
      'choose backup',
      'restore',
      'look for write-backs',
      'verify',
    ]);
    expect(outcome(state, 'look for write-backs')).toBe('already-done');
    expect(state.objectives).toMatchObject({ metRto: true, metRpo: true });
  });

  test('with its audit log when that is absent too', async () => {
    const store = await stack.store();
    const before = store.fingerprint();
    await store.verifiedBackup();
    rmSync(join(store.root, '.pi'), { recursive: true });
    const state = await stack.result(await store.recover({ scenario }));
    expect(state.status).toBe('recovered');
    expect(store.fingerprint()).toEqual(before);
  });

  test('after approval when some tools are gone, truncated, not JSON, of another id, or lost owner and mode', async () => {
    const store = await stack.store();
    const before = store.fingerprint();
    await store.verifiedBackup();
    rmSync(store.tool(0));
    truncateSync(store.tool(1), 40);
    writeFileSync(store.tool(2), 'not JSON');
    const other = JSON.parse(readFileSync(store.tool(3), 'utf8')) as { code: string };
    writeFileSync(store.tool(3), JSON.stringify({ ...other, code: `${other.code}\n// changed` }, null, 2));
    chmodSync(store.tool(4), 0o600);
    chownSync(store.tool(5), 4711, 4711);
    const id = await store.recover({ scenario });
    const gate = await stack.gate(id, 'restore');
    expect(gate.plan?.counts).toMatchObject({ add: 1, overwrite: 5 });
    await stack.decide(id, gate, 'ren', 'approve');
    const state = await stack.result(id);
    await stack.record(id, 'tool-store-loss.approved');
    expect(state.status).toBe('recovered');
    expect(store.fingerprint()).toEqual(before);
  });

  test('leaving alone what only use has changed, foreign tools, and an audit log that is there', async () => {
    const store = await stack.store();
    await store.verifiedBackup();
    const used = JSON.parse(readFileSync(store.tool(0), 'utf8')) as { usageCount: number };
    writeFileSync(
      store.tool(0),
      JSON.stringify({ ...used, usageCount: used.usageCount + 3, lastUsedAt: new Date().toISOString() }, null, 2),
    );
    const donor = await stack.store({ tools: 14 });
    const foreign = donor.sample.tools[13]!;
    copyFileSync(join(donor.root, foreign.path), join(store.root, foreign.path));
    appendFileSync(store.log, '{"timestamp":"2026-11-22T00:00:00.000Z","action":"run_dynamic_tool","success":true}\n');
    const kept = store.fingerprint();
    rmSync(store.tool(1));
    const state = await stack.result(await store.recover({ scenario }));
    expect(state.status).toBe('recovered');
    expect(store.fingerprint()).toEqual(kept);
    expect(sentenceOf(state, 'restore')).toBeDefined();
  });

  test('asks and names the foreign tools where the agent would refuse to hold them all', async () => {
    const store = await stack.store({ tools: 98 });
    await store.verifiedBackup();
    const donor = await stack.store({ tools: 102 });
    for (const foreign of donor.sample.tools.slice(98)) {
      copyFileSync(join(donor.root, foreign.path), join(store.root, foreign.path));
    }
    rmSync(store.tool(0));
    const id = await store.recover({ scenario });
    const gate = await stack.gate(id, 'restore');
    expect(gate.title.en).toContain(donor.sample.tools[101]!.name);
    await stack.decide(id, gate, 'ren', 'reject');
    expect((await stack.result(id)).status).toBe('stopped');
  });

  test('with nothing to do where everything is as it was', async () => {
    const store = await stack.store();
    await store.verifiedBackup();
    const state = await stack.result(await store.recover({ scenario }));
    expect(outcome(state, 'restore')).toBe('already-done');
    expect(state.status).toBe('recovered');
  });

  test('from the newest verified backup from before the damage began, not from a newer one of the damage', async () => {
    const store = await stack.store();
    const before = store.fingerprint();
    const good = await store.verifiedBackup();
    const brokenSince = new Date().toISOString();
    rmSync(store.tool(0));
    await eventually(() => Date.now() > Date.parse(brokenSince)).toBe(true);
    await store.verifiedBackup();
    const state = await stack.result(await store.recover({ scenario, brokenSince }));
    expect(state.steps.find(({ name }) => name === 'choose backup')?.evidence).toMatchObject({ backup: good.id });
    expect(store.fingerprint()).toEqual(before);
  });

  test('after consent only, where the backup may hold the damage', async () => {
    const store = await stack.store();
    await store.verifiedBackup();
    for (const n of [0, 1, 2, 3]) rmSync(store.tool(n));
    const shrunk = await store.verifiedBackup();
    expect(shrunk.status).toBe('suspect');
    const id = await store.recover({ scenario, input: { backup: shrunk.id } });
    const gate = await stack.gate(id, 'suspect-backup');
    expect(gate.plan?.changes.length).toBeGreaterThan(1);
    expect(gate.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(existsSync(join(stack.data, 'records', gate.plan!.ref))).toBe(true);
    await stack.decide(id, gate, 'ren', 'reject');
    expect((await stack.result(id)).status).toBe('stopped');
    await stack.record(id, 'tool-store-loss.suspect-rejected');
  });
});

describe('the agent', () => {
  test('is stopped before and started after', async () => {
    const agent = notingAgent(stack);
    const store = await stack.store({ settings: agent.settings() });
    await store.verifiedBackup();
    rmSync(store.tool(0));
    const id = await store.recover({ scenario });
    const state = await stack.result(id);
    await stack.record(id, 'tool-store-loss.agent');
    expect(state.status).toBe('recovered');
    expect(agent.heard()).toEqual(['stop', 'start']);
    expect([outcome(state, 'stop agent'), outcome(state, 'start agent')]).toEqual(['done', 'done']);
  });

  test('that writes its old memory back is noticed, shown, and restored again before "recovered"', async () => {
    const agent = notingAgent(stack, false);
    const old = join(stack.folder, 'old.json');
    const store = await stack.store({
      settings: ({ root, tools }) => {
        const tool = join(root, tools[0]!.path);
        const definition = JSON.parse(readFileSync(tool, 'utf8')) as object;
        writeFileSync(old, JSON.stringify({ ...definition, description: 'from old memory' }, null, 2));
        return agent.settings(`cp ${old} ${tool}`);
      },
    });
    const before = store.fingerprint();
    await store.verifiedBackup();
    rmSync(store.tool(0));
    const id = await store.recover({ scenario });
    const gate = await stack.gate(id, 'restore');
    expect(outcome(await stack.state(id), 'look for write-backs')).toBe('waiting');
    expect(gate.plan?.counts).toMatchObject({ overwrite: 1 });
    await stack.decide(id, gate, 'ren', 'approve');
    const state = await stack.result(id);
    await stack.record(id, 'tool-store-loss.write-back');
    expect(state.status).toBe('recovered');
    expect(store.fingerprint()).toEqual(before);
  });

  test('is stopped again before files are taken back, and started only if this recovery had stopped it', async () => {
    for (const [wasRunning, heard] of [
      [true, ['stop', 'start', 'stop', 'start']],
      [false, ['start', 'stop']],
    ] as const) {
      const agent = notingAgent(stack, wasRunning);
      const store = await stack.store({
        settings: ({ tools }) => `${agent.settings()}\ncriticalTools: [{ name: ${tools[0]!.name}, expect: { never: this } }]`,
      });
      await store.verifiedBackup();
      rmSync(store.tool(0));
      const damaged = store.fingerprint();
      const id = await store.recover({ scenario });
      await stack.decide(id, await stack.gate(id, 'failed:verify'), 'sora', 'roll-back');
      expect((await stack.result(id)).status).toBe('rolled-back');
      expect(agent.heard()).toEqual(heard);
      expect(store.fingerprint()).toEqual(damaged);
    }
  });

  test('is asked for where the inventory does not speak of it', async () => {
    const store = await stack.store({ settings: 'criticalTools: []' });
    await store.verifiedBackup();
    rmSync(store.tool(0));
    const id = await store.recover({ scenario });
    await stack.decide(id, await stack.gate(id, 'check:agent-stopped'), 'sora', 'tick');
    await stack.decide(id, await stack.gate(id, 'check:agent-started'), 'sora', 'tick');
    expect((await stack.result(id)).status).toBe('recovered');
    await stack.record(id, 'tool-store-loss.checklist');
  });
});
