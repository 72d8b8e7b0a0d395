/** tool-store-loss when something stands in its way: a clear sentence, a gate, nothing lost, and a way on or back. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RecoveryState } from '../../domain/recovery.ts';
import { startStoreStack, type StoreStack } from '../support/store-stack.ts';
import { fillUp, makeWritable, onReadOnly, onSmallDisk } from '../support/mounts.ts';
import { openForFile } from '../support/open-for-file.ts';

let stack: StoreStack;

openForFile(async (server) => (stack = await startStoreStack(server)));

const scenario = 'tool-store-loss';
const outcome = (state: RecoveryState, step: string) => state.steps.find(({ name }) => name === step)?.outcome;

describe('when it cannot', () => {
  test('no backup at all: a clear sentence, nothing lost, and it goes on once there is one', async () => {
    const store = await stack.store();
    const before = store.fingerprint();
    const originals = store.sample.tools.map(({ path }) => ({ path, bytes: readFileSync(join(store.root, path)) }));
    rmSync(store.tool(0));
    const damaged = store.fingerprint();
    const id = await store.recover({ scenario });
    const gate = await stack.gate(id, 'failed:choose backup');
    expect(gate.error?.code).toBe('no-backup');
    expect(gate.choices).toEqual(['retry', 'amend', 'roll-back']);
    expect(store.fingerprint()).toEqual(damaged);
    // Somebody finds what the old script of the runbook left on another disk.
    const found = join(store.root, '.pi/backups/20260214');
    mkdirSync(join(found, 'tools'), { recursive: true });
    for (const { path, bytes } of originals) writeFileSync(join(found, path.replace('.pi/', '')), bytes);
    await stack.decide(id, gate, 'sora', 'retry');
    const state = await stack.result(id);
    expect(state.status).toBe('recovered');
    expect(state.steps.find(({ name }) => name === 'choose backup')).toMatchObject({
      attempts: 2,
      evidence: { backup: 'script-20260214' },
    });
    rmSync(found, { recursive: true });
    expect(store.fingerprint()).toEqual(before);
  });

  test('only a corrupt backup: it is named with the reason, and nothing of it is restored', async () => {
    const store = await stack.store();
    const backup = await store.takeBackup();
    const copy = join(store.repository, store.id, backup.id, 'files', store.sample.tools[3]!.path);
    const bytes = readFileSync(copy);
    bytes[10]! ^= 1;
    writeFileSync(copy, bytes);
    rmSync(store.tool(0));
    const damaged = store.fingerprint();
    const id = await store.recover({ scenario });
    const gate = await stack.gate(id, 'failed:choose backup');
    expect(gate.error?.sentence.en).toContain(backup.id);
    await stack.decide(id, gate, 'sora', 'roll-back');
    expect((await stack.result(id)).status).toBe('stopped');
    expect(store.fingerprint()).toEqual(damaged);
  });

  test('a backup that turns bad after it was verified: the restore fails before it replaces that file, and rolls back to the byte', async () => {
    const store = await stack.store();
    const backup = await store.verifiedBackup();
    for (const n of [0, 1, 2]) truncateSync(store.tool(n), 30);
    const damaged = store.fingerprint();
    const copy = join(store.repository, store.id, backup.id, 'files', store.sample.tools[2]!.path);
    const id = await store.recover({ scenario });
    const gate = await stack.gate(id, 'restore');
    writeFileSync(copy, 'rotten');
    await stack.decide(id, gate, 'ren', 'approve');
    const failed = await stack.gate(id, 'failed:restore');
    expect(failed.error?.code).toBe('backup-corrupt');
    await stack.decide(id, failed, 'sora', 'roll-back');
    expect((await stack.result(id)).status).toBe('rolled-back');
    await stack.record(id, 'tool-store-loss.rolled-back');
    expect(store.fingerprint()).toEqual(damaged);
  });

  test('a file that changes again and again while people decide: each plan is copied and asked anew, then restored', async () => {
    const store = await stack.store();
    const before = store.fingerprint();
    await store.verifiedBackup();
    truncateSync(store.tool(0), 30);
    const id = await store.recover({ scenario });
    let gate = await stack.gate(id, 'restore');
    // Twice: the copy made for the first approved plan is older than what the last one overwrites.
    for (const words of ['changed while people think', 'and changed once more']) {
      const seen = gate.digest;
      writeFileSync(store.tool(0), words);
      await stack.decide(id, gate, 'ren', 'approve');
      const state = await stack.until(id, ({ waitingFor }) => waitingFor.some(({ digest }) => digest !== seen));
      gate = state.waitingFor[0]!;
    }
    expect(gate.kind).toBe('approval');
    await stack.decide(id, gate, 'ren', 'approve');
    const approved = gate.gate;
    const state = await stack.until(
      id,
      ({ status, waitingFor }) => status === 'recovered' || waitingFor.some((one) => one.gate !== approved),
    );
    expect([state.status, state.waitingFor.map(({ error }) => error?.code)]).toEqual(['recovered', []]);
    await stack.result(id);
    expect(store.fingerprint()).toEqual(before);
  });

  test('a data folder that is full when the end is recorded: a person is asked, and the recovery is not lost', async () => {
    const store = await stack.store();
    const before = store.fingerprint();
    await store.verifiedBackup();
    truncateSync(store.tool(0), 30);
    const id = await store.recover({ scenario });
    const gate = await stack.gate(id, 'restore');
    const { id: recovery } = await stack.state(id);
    const place = join(stack.data, 'records/recoveries', recovery, 'end.json');
    await onReadOnly(join(stack.data, 'records/recoveries', recovery), async () => {
      await stack.decide(id, gate, 'ren', 'approve');
      const stuck = await stack.gate(id, 'failed:record end');
      expect(stuck).toMatchObject({ choices: ['retry'], error: { code: 'record-store-unusable' } });
      makeWritable(join(stack.data, 'records/recoveries', recovery));
      await stack.decide(id, stuck, 'sora', 'retry');
      expect((await stack.result(id)).status).toBe('recovered');
    });
    expect(existsSync(place)).toBe(true);
    expect(store.fingerprint()).toEqual(before);
  });

  test('a target that is read-only: says so, and goes on with the same plan once it is not', async () => {
    const store = await stack.store();
    const before = store.fingerprint();
    await store.verifiedBackup();
    rmSync(store.tool(0));
    await onReadOnly(store.root, async () => {
      const id = await store.recover({ scenario });
      const gate = await stack.gate(id, 'failed:restore');
      expect(gate.error?.code).toBe('target-read-only');
      makeWritable(store.root);
      await stack.decide(id, gate, 'sora', 'retry');
      expect((await stack.result(id)).status).toBe('recovered');
    });
    expect(store.fingerprint()).toEqual(before);
  });

  test('a disk that is full: says so, leaves no half file, and goes on once there is room', async () => {
    const store = await stack.store({ tools: 30, logLines: 1 });
    await store.verifiedBackup();
    const before = store.fingerprint();
    rmSync(store.root, { recursive: true });
    mkdirSync(store.root);
    await onSmallDisk(store.root, '256k', async () => {
      const filler = join(store.root, 'filler');
      fillUp(filler);
      const id = await store.recover({ scenario });
      const gate = await stack.gate(id, 'failed:restore');
      expect(gate.error?.code).toBe('disk-full');
      rmSync(filler);
      await stack.decide(id, gate, 'sora', 'retry');
      expect((await stack.result(id)).status).toBe('recovered');
      expect(store.fingerprint()).toEqual(before);
    });
  });

  test('a critical tool that does not answer as expected: not recovered, rolled back by a person', async () => {
    const store = await stack.store({
      settings: ({ tools }) => `agent: none\ncriticalTools: [{ name: ${tools[0]!.name}, expect: { never: this } }]`,
    });
    await store.verifiedBackup();
    rmSync(store.tool(0));
    const damaged = store.fingerprint();
    const id = await store.recover({ scenario });
    const gate = await stack.gate(id, 'failed:verify');
    expect(gate.error).toMatchObject({ code: 'verification-failed' });
    expect(gate.error?.sentence.en).toContain(store.sample.tools[0]!.name);
    expect(gate.choices).not.toContain('skip');
    await stack.decide(id, gate, 'sora', 'roll-back');
    expect((await stack.result(id)).status).toBe('rolled-back');
    expect(store.fingerprint()).toEqual(damaged);
  });

  test('links and paths that leave it make a backup unsafe: refused, nothing written outside', async () => {
    const store = await stack.store();
    const folder = join(store.root, '.pi/backups/20260214/tools');
    mkdirSync(folder, { recursive: true });
    for (const { path } of store.sample.tools) {
      copyFileSync(join(store.root, path), join(store.root, '.pi/backups/20260214', path.replace('.pi/', '')));
    }
    symlinkSync('/etc/hostname', join(folder, 'dt_0123456789ab.json'));
    rmSync(store.tool(0));
    const id = await store.recover({ scenario, input: { backup: 'script-20260214' } });
    const gate = await stack.gate(id, 'failed:');
    expect(gate.error?.code).toBe('backup-unsafe');
    await stack.decide(id, gate, 'sora', 'roll-back');
    expect((await stack.result(id)).status).toBe('stopped');
  });
});

describe('before anything is done', () => {
  test('a dry run shows the same plan and leaves target and data byte-equal', async () => {
    const store = await stack.store();
    await store.verifiedBackup();
    truncateSync(store.tool(0), 20);
    const damaged = store.fingerprint();
    const dryRun = await store.recover({ scenario, mode: 'dry-run' });
    const state = await stack.result(dryRun);
    await stack.record(dryRun, 'tool-store-loss.dry-run');
    expect(state.status).toBe('planned');
    expect(outcome(state, 'restore')).toBe('planned');
    expect(store.fingerprint()).toEqual(damaged);
    expect(existsSync(join(stack.data, 'protected', store.id))).toBe(false);
    const id = await store.recover({ scenario });
    const gate = await stack.gate(id, 'restore');
    const planned = state.steps.find(({ name }) => name === 'restore');
    expect(planned?.evidence).toMatchObject({ counts: gate.plan!.counts });
    await stack.decide(id, gate, 'ren', 'reject');
    await stack.result(id);
    await stack.record(id, 'tool-store-loss.rejected');
  });

  test('a start of a wrong shape ends at once, naming the field', async () => {
    const store = await stack.store();
    const start = store.recover({ scenario, input: { backups: 'x' } }).then((id) => stack.result(id));
    await expect(start).rejects.toMatchObject({ cause: { type: 'invalid-input', message: expect.stringContaining('backups') } });
  });
});
