/** disk-exhaustion on real stores, through a real worker and Temporal: room is made, every gate is heard, and a refusal changes nothing. */
import { existsSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { linesOf } from '../support/log-lines.ts';
import { fillUp, onReadOnly, onSmallDisk } from '../support/mounts.ts';
import { fingerprint, startStoreStack, type Store, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';
import { outcomesByStep, sentenceOf } from '../support/recovery-driver.ts';

let stack: StoreStack;

openForFile(async (server) => (stack = await startStoreStack(server)));

const scenario = 'disk-exhaustion';
const archivesOf = (store: Store): string[] => {
  const folder = join(store.root, '.pi/logs/archive');
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
};
const unpacked = (file: string): string => gunzipSync(readFileSync(file)).toString('utf8');
const everything = (store: Store) => ({ store: store.fingerprint(), backups: fingerprint(store.repository) });

/** Old lines in the log, a backup past its time, and a verified one. */
async function crowded() {
  const store = await stack.store({ tools: 4 });
  const [old, young] = [linesOf(50, 300), linesOf(2, 40)];
  writeFileSync(store.log, old + young);
  const past = await store.takeBackup('full', new Date(Date.now() - 45 * 86_400_000));
  const kept = await store.verifiedBackup();
  return { store, old, young, past, kept, whole: everything(store) };
}

describe('a full disk gets room', () => {
  test('from old log lines and backups past their time, each agreed to before anything is applied', async () => {
    const { store, old, young, past, kept, whole } = await crowded();
    const leftover = join(store.root, '.pi/tools/.okiagari-1-dt_1.json.tmp');
    writeFileSync(leftover, 'half');
    const id = await store.recover({ scenario });
    const prune = await stack.gate(id, 'prune');
    expect(prune.plan?.changes[0]).toMatchObject({ action: 'remove', path: past.id });
    expect(existsSync(join(stack.data, 'records', prune.plan!.ref))).toBe(true);
    expect(existsSync(leftover)).toBe(false);
    expect(everything(store)).toEqual(whole);
    await stack.decide(id, prune, 'ren', 'approve');
    const archive = await stack.gate(id, 'archive');
    expect(archive.plan).toMatchObject({ counts: { add: 1, remove: 1 } });
    expect(everything(store)).toEqual(whole);
    await stack.decide(id, archive, 'ren', 'approve');
    const state = await stack.result(id);
    await stack.record(id, 'disk-exhaustion');
    expect(state.status).toBe('recovered');
    expect(outcomesByStep(state)).toEqual({
      'hold target': 'done',
      'look at the disk': 'done',
      'least used tools': 'done',
      'remove leftovers': 'done',
      'plan pruning': 'done',
      'agree to prune': 'done',
      'archive old lines': 'done',
      'point of no return': 'done',
      'prune backups': 'done',
      verify: 'done',
    });
    expect(readFileSync(store.log, 'utf8')).toBe(young);
    expect(archivesOf(store).map(unpacked)).toEqual([old]);
    expect(existsSync(join(store.repository, store.id, past.id))).toBe(false);
    expect(existsSync(join(store.repository, store.id, kept.id, 'verification.json'))).toBe(true);
    expect(sentenceOf(state, 'least used tools')).toMatch(/^Least used: .* None is removed\.$/);
    expect(await stack.sentences(id)).toContain('there is no way back');
  });

  test('with nothing to do where nothing is old: it says so, and asks nobody', async () => {
    const store = await stack.store({ tools: 2 });
    writeFileSync(store.log, linesOf(1, 10));
    await store.verifiedBackup();
    const whole = everything(store);
    const id = await store.recover({ scenario });
    const state = await stack.result(id);
    await stack.record(id, 'disk-exhaustion.nothing');
    expect([state.status, outcomesByStep(state)['archive old lines']]).toEqual(['recovered', 'already-done']);
    expect(everything(store)).toEqual(whole);
  });

  test('on a disk of which not one byte is free', async () => {
    const store = await stack.store({ tools: 2 });
    const [old, young] = [linesOf(50, 3_000), linesOf(2, 3_000)];
    const logs = join(store.root, '.pi/logs');
    await onSmallDisk(logs, '2m', async () => {
      writeFileSync(store.log, old + young);
      fillUp(join(logs, 'filler'));
      expect(statfsSync(logs).bavail).toBe(0);
      const id = await store.recover({ scenario });
      await stack.approve(id, 'archive');
      const state = await stack.result(id);
      await stack.record(id, 'disk-exhaustion.full');
      expect(state.status).toBe('recovered');
      expect(sentenceOf(state, 'archive old lines')).toContain('by way of the data folder');
      expect(readFileSync(store.log, 'utf8')).toBe(young);
      expect(archivesOf(store).map(unpacked)).toEqual([old]);
      expect(statfsSync(logs).bavail).toBeGreaterThan(50);
    });
  });
});

describe('what people say is heard', () => {
  test('a refused pruning ends it with nothing changed', async () => {
    const { store, whole } = await crowded();
    const id = await store.recover({ scenario });
    await stack.decide(id, await stack.gate(id, 'prune'), 'ren', 'reject');
    expect((await stack.result(id)).status).toBe('stopped');
    await stack.record(id, 'disk-exhaustion.prune-rejected');
    expect(everything(store)).toEqual(whole);
  });

  test('a refused archive ends it with nothing changed, backups that people had agreed to remove included', async () => {
    const { store, whole } = await crowded();
    const id = await store.recover({ scenario });
    await stack.approve(id, 'prune');
    await stack.decide(id, await stack.gate(id, 'archive'), 'ren', 'reject');
    expect((await stack.result(id)).status).toBe('stopped');
    await stack.record(id, 'disk-exhaustion.archive-rejected');
    expect(everything(store)).toEqual(whole);
  });

  test('a log that is another one by the time they approve is shown and asked anew', async () => {
    const { store, young } = await crowded();
    const id = await store.recover({ scenario, input: { prune: false } });
    const first = await stack.gate(id, 'archive');
    const other = linesOf(70, 5);
    writeFileSync(store.log, other + young);
    await stack.decide(id, first, 'ren', 'approve');
    const state = await stack.until(id, ({ waitingFor }) => waitingFor.some(({ digest }) => digest !== first.digest));
    await stack.decide(id, state.waitingFor[0]!, 'ren', 'approve');
    expect((await stack.result(id)).status).toBe('recovered');
    expect(archivesOf(store).map(unpacked)).toEqual([other]);
  });

  test('a step that fails goes on with a corrected input: the log is left alone, the backups go', async () => {
    const { store, old, young, past } = await crowded();
    await onReadOnly(join(store.root, '.pi/logs'), async () => {
      const id = await store.recover({ scenario });
      await stack.approve(id, 'prune');
      await stack.approve(id, 'archive');
      const failed = await stack.gate(id, 'failed:archive old lines');
      expect(failed.error?.code).toBe('target-read-only');
      await stack.decide(id, failed, 'sora', 'amend', { input: { archive: false } });
      expect((await stack.result(id)).status).toBe('recovered');
      await stack.record(id, 'disk-exhaustion.amended');
    });
    expect(readFileSync(store.log, 'utf8')).toBe(old + young);
    expect(existsSync(join(store.repository, store.id, past.id))).toBe(false);
  });

  test('a verification that fails is rolled back to the byte while no backup was removed', async () => {
    const { store, whole } = await crowded();
    const id = await store.recover({ scenario, input: { prune: false } });
    const gate = await stack.gate(id, 'archive');
    const strange = join(store.root, '.pi/logs/.okiagari-1-strange.tmp');
    writeFileSync(strange, 'x');
    await stack.decide(id, gate, 'ren', 'approve');
    const failed = await stack.gate(id, 'failed:verify');
    expect(failed.error?.sentence.en).toContain('strange');
    expect(archivesOf(store)).toHaveLength(1);
    await stack.decide(id, failed, 'sora', 'roll-back');
    expect((await stack.result(id)).status).toBe('rolled-back');
    await stack.record(id, 'disk-exhaustion.rolled-back');
    rmSync(strange);
    expect(everything(store)).toEqual(whole);
  });

  test('once backups went there is no way back: the failed verification waits until it is mended', async () => {
    const { store, past } = await crowded();
    const id = await store.recover({ scenario });
    await stack.approve(id, 'prune');
    const gate = await stack.gate(id, 'archive');
    const strange = join(store.root, '.pi/logs/.okiagari-1-strange.tmp');
    writeFileSync(strange, 'x');
    await stack.decide(id, gate, 'ren', 'approve');
    const failed = await stack.gate(id, 'failed:verify');
    expect(failed.choices).toEqual(['retry']);
    expect(existsSync(join(store.repository, store.id, past.id))).toBe(false);
    rmSync(strange);
    await stack.decide(id, failed, 'sora', 'retry');
    expect((await stack.result(id)).status).toBe('recovered');
  });
});

test('a dry run shows both plans and leaves target and repository byte-equal', async () => {
  const { store, whole } = await crowded();
  const id = await store.recover({ scenario, mode: 'dry-run' });
  const state = await stack.result(id);
  await stack.record(id, 'disk-exhaustion.dry-run');
  expect(state.status).toBe('planned');
  expect(outcomesByStep(state)).toMatchObject({
    'agree to prune': 'planned',
    'archive old lines': 'planned',
    'prune backups': 'planned',
  });
  expect(everything(store)).toEqual(whole);
});
