/** tool-restore on real stores: only the named tools, from the named or the best backup, everything else left alone. */
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startStoreStack, type Store, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';

let stack: StoreStack;

openForFile(async (server) => (stack = await startStoreStack(server)));

const scenario = 'tool-restore';
const named = (store: Store, ...numbers: number[]) => numbers.map((n) => store.sample.tools[n]!.name);

describe('single tools', () => {
  test('come back by name and by id; other damage stays for another day', async () => {
    const store = await stack.store();
    await store.verifiedBackup();
    const whole = store.fingerprint();
    rmSync(store.tool(0));
    rmSync(store.tool(1));
    truncateSync(store.tool(2), 10);
    const damaged = store.fingerprint();
    const tools = [store.sample.tools[0]!.name, store.sample.tools[1]!.id];
    const id = await store.recover({ scenario, input: { tools } });
    const state = await stack.result(id);
    await stack.record(id, 'tool-restore');
    expect(state.status).toBe('recovered');
    const third = store.sample.tools[2]!.path;
    expect(store.fingerprint()).toEqual({ ...whole, [third]: damaged[third] });
  });

  test('are overwritten only after another person agreed', async () => {
    const store = await stack.store();
    await store.verifiedBackup();
    const whole = store.fingerprint();
    truncateSync(store.tool(0), 10);
    const id = await store.recover({ scenario, input: { tools: named(store, 0) } });
    const gate = await stack.gate(id, 'restore');
    expect(gate.plan?.changes).toContainEqual(
      expect.objectContaining({ action: 'overwrite', path: store.sample.tools[0]!.path }),
    );
    await stack.decide(id, gate, 'ren', 'approve');
    expect((await stack.result(id)).status).toBe('recovered');
    expect(store.fingerprint()).toEqual(whole);
  });

  test('come from the named backup, also from an older one', async () => {
    const store = await stack.store();
    const older = await store.verifiedBackup();
    const first = readFileSync(store.tool(0));
    const changed = { ...(JSON.parse(first.toString()) as object), description: 'newer words' };
    writeFileSync(store.tool(0), JSON.stringify(changed, null, 2));
    await store.verifiedBackup();
    rmSync(store.tool(0));
    const state = await stack.result(await store.recover({ scenario, input: { tools: named(store, 0), backup: older.id } }));
    expect(state.status).toBe('recovered');
    expect(readFileSync(store.tool(0))).toEqual(first);
  });

  test('that the backup does not hold are a failed step; the corrected list is checked and taken in the same run', async () => {
    const store = await stack.store();
    await store.verifiedBackup();
    rmSync(store.tool(0));
    const id = await store.recover({ scenario, input: { tools: ['never_made'] } });
    const gate = await stack.gate(id, 'failed:restore');
    expect(gate.error).toMatchObject({ code: 'unknown-tool' });
    expect(gate.input).toEqual({ tools: ['never_made'] });
    const wrong = stack.decide(id, gate, 'sora', 'amend', { input: { tools: [] } });
    await expect(wrong).rejects.toMatchObject({
      cause: { type: 'invalid-input', details: [{ errors: [{ path: 'input.tools' }] }] },
    });
    await stack.decide(id, gate, 'sora', 'amend', { input: { tools: named(store, 0) } });
    expect((await stack.result(id)).status).toBe('recovered');
    await stack.record(id, 'tool-restore.amended');
  });
});

describe('what the old scripts left', () => {
  test('is restored from each of their layouts, nested by a second run, with broken metadata', async () => {
    const store = await stack.store();
    const whole = store.fingerprint();
    const day = join(store.root, '.pi/backups/20260214');
    mkdirSync(day, { recursive: true });
    cpSync(join(store.root, '.pi/tools'), join(day, 'tools'), { recursive: true });
    // The second run of a day copies the folder into itself.
    mkdirSync(join(day, 'tools/tools'));
    for (const { path } of store.sample.tools) copyFileSync(join(store.root, path), join(day, 'tools', path.replace('.pi/', '')));
    writeFileSync(join(day, 'metadata.json'), '{ "backupDate": "2026-02-14", "logSize": , }');
    const emergency = join(store.root, '.pi/tools/backup/20260213');
    mkdirSync(emergency, { recursive: true });
    for (const { path } of store.sample.tools) {
      copyFileSync(join(store.root, path), join(emergency, path.replace('.pi/tools/', '')));
    }
    for (const backup of ['script-20260214', 'script-20260214-2', 'script-tools-backup-20260213']) {
      rmSync(store.tool(0));
      const state = await stack.result(await store.recover({ scenario, input: { tools: named(store, 0), backup } }));
      expect([backup, state.status]).toEqual([backup, 'recovered']);
    }
    expect(store.fingerprint()).toMatchObject(whole);
  });
});
