/** Schedules on a real Temporal server: made from the inventory, firing, failing aloud without pausing, and gone with their line. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keepSchedules, type KeptSchedules } from '../../api/schedules/keep.ts';
import type { Gateway } from '../../api/gateway.ts';
import { createTemporalGateway } from '../../api/temporal-gateway.ts';
import { loadInventory } from '../../config/inventory.ts';
import { kinds } from '../../contracts/kinds.ts';
import type { Backup, Manifest } from '../../domain/backup.ts';
import { backupId, backupWorkflowId, controlQueue } from '../../domain/identity.ts';
import { createMemoryRecords } from '../support/memory-records.ts';
import { recordHistory } from '../support/record-history.ts';
import { startStoreStack, type Store, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

let hook: WebhookReceiver;
let stack: StoreStack;
let gateway: Gateway;
openForFile(async (server, tidy) => {
  hook = await startWebhookReceiver();
  tidy.defer(() => hook.stop());
  gateway = createTemporalGateway({ address: server.address });
  tidy.defer(() => gateway.close());
  return (stack = await startStoreStack(server, undefined, { webhook: hook.url }));
});

const records = createMemoryRecords();
/** As the API does it: a busy server is asked again. */
async function keep(): Promise<KeptSchedules> {
  for (;;) {
    try {
      return await keepSchedules({ gateway, records, kinds, inventory: () => loadInventory(stack.inventoryFile) });
    } catch (error) {
      if ((error as { type?: string }).type !== 'temporal-away') throw error;
    }
  }
}
const soon = { timeout: 25_000 };

const none = { full: '{ at: none }', incremental: '{ every: none }', test: '{ at: none }', retention: '{ at: none }' };
/** A store with only the named schedules. */
const storeWith = (schedules: Partial<typeof none>): Promise<Store> => {
  const lines = Object.entries({ ...none, ...schedules }).map(([name, words]) => `${name}: ${words}`);
  return stack.store({ settings: `agent: none\nbackups: { ${lines.join(', ')} }` });
};
const list = async ({ id, site = 'main' }: { id: string; site?: string }): Promise<readonly Backup[]> =>
  (await gateway.ask(
    {
      type: 'ask',
      workflowId: `ask/${id}/${Math.random()}`,
      args: [{ target: id, site, activity: 'listToolStoreBackups' }],
    },
    5_000,
  )) as readonly Backup[];
const manifest = (store: Store, id: string): Manifest =>
  JSON.parse(readFileSync(join(store.repository, store.id, id, 'manifest.json'), 'utf8')) as Manifest;
const takenAgo = async (store: Store, days: number): Promise<string> => {
  const at = new Date(Date.now() - days * 86_400_000);
  const id = backupId(at, 'full', `0000${days}`.slice(-6).padStart(6, '0'));
  await stack.client.workflow.execute('backup', {
    workflowId: backupWorkflowId(id),
    taskQueue: controlQueue,
    args: [{ target: store.id, site: 'main', id, kind: 'full', startedAt: at.toISOString(), activity: 'takeToolStoreBackup' }],
  });
  return id;
};
const lastRun = async (schedule: string) => {
  const known = await gateway.schedules.describe(schedule);
  const id = known?.last[0]?.workflowId;
  return id === undefined ? undefined : gateway.describe(id);
};

/** Keeps the history of a run that ended well, for replay. */
async function record(type: string, { id }: Store, name: string): Promise<void> {
  const ended = async () => (await gateway.list({ types: [type], targets: [id] })).find(({ state }) => state === 'completed');
  await expect.poll(ended, soon).toBeDefined();
  const { workflowId, runId } = (await ended())!;
  await recordHistory(stack.client.workflow.getHandle(workflowId, runId), name);
}

test('the runbook’s schedules stand as they are to stand, fire at two in the morning of Tokyo, and are made once', async () => {
  const store = await stack.store();
  await keep();
  const names = ['full', 'incremental', 'test', 'retention'].map((name) => `schedule/${store.id}/${name}`);
  await expect.poll(() => gateway.schedules.list(), soon).toEqual(names.toSorted());
  expect(await keep()).toEqual({ put: [], removed: [] });
  const found = await stack.client.schedule.getHandle(`schedule/${store.id}/full`).describe();
  expect(found.policies).toEqual({ overlap: 'BUFFER_ONE', catchupWindow: 12 * 3_600_000, pauseOnFailure: false });
  expect(found.info.nextActionTimes[0]!.toISOString()).toMatch(/T17:00:00\.000Z$/);
  expect(found.state.note).toBe(`full of ${store.id}, daily at 02:00 Asia/Tokyo, from the inventory`);
});

test('each fires by itself: incrementals come, are tested, and refer to what did not change', async () => {
  const store = await storeWith({ incremental: '{ every: 1s }' });
  const full = await store.takeBackup();
  await keep();
  await expect
    .poll(async () => (await list(store)).filter(({ status }) => status === 'verified').length, soon)
    .toBeGreaterThan(1);
  const [newest] = (await list(store)).filter(({ kind }) => kind === 'incremental');
  expect(new Set(manifest(store, newest!.id).files.map((file) => file.in))).toEqual(new Set([full.id]));
  const schedule = `schedule/${store.id}/incremental`;
  const known = (await gateway.schedules.describe(schedule))!;
  expect(known.last[0]!.workflowId).toMatch(new RegExp(`^${schedule}-\\d{4}-\\d\\d-\\d\\dT`));
  expect(hook.posts.filter(({ body }) => body.includes(store.id))).toEqual([]);
  await record('scheduledBackup', store, 'scheduled-backup');
});

test('one that fails is told once for each run, goes on firing, and is well again when the cause is gone', async () => {
  const store = await storeWith({ full: '{ at: "02:00" }', incremental: '{ every: 2s }' });
  renameSync(store.root, `${store.root}-away`);
  await keep();
  const schedule = `schedule/${store.id}/incremental`;
  const about = () =>
    hook.posts
      .map(({ body }) => JSON.parse(body) as { event: string; occasion: string; target: string; text: string; link: string })
      .filter(({ target }) => target === store.id);
  await expect.poll(() => about().length, soon).toBeGreaterThan(1);
  expect(new Set(about().map(({ event }) => event)).size).toBe(about().length);
  expect(about()[0]).toMatchObject({
    occasion: 'schedule-failed',
    link: expect.stringContaining(`/v1/targets/${store.id}`) as string,
  });
  expect(about()[0]!.text).toContain(`The incremental backup of ${store.id} failed: `);
  expect(await gateway.schedules.describe(schedule)).toMatchObject({ paused: false });
  await expect
    .poll(async () => (await gateway.list({ types: ['scheduledBackup'], targets: [store.id] })).map(({ state }) => state), soon)
    .toContain('broken');
  renameSync(`${store.root}-away`, store.root);
  await expect.poll(async () => (await list(store)).some(({ status }) => status === 'verified'), soon).toBe(true);
});

test('restore tests take the newest and an older one; what rotted fails aloud', async () => {
  const store = await storeWith({ test: '{ at: "03:30" }' });
  const [older, newest] = [await takenAgo(store, 2), await takenAgo(store, 1)];
  await keep();
  const schedule = `schedule/${store.id}/test`;
  await gateway.schedules.trigger(schedule);
  await expect.poll(async () => (await list(store)).map(({ status }) => status), soon).toEqual(['verified', 'verified']);
  writeFileSync(join(store.repository, store.id, older, 'files', store.sample.tools[0]!.path), 'rotten');
  await expect.poll(async () => (await lastRun(schedule))?.state, soon).toBe('completed');
  await record('scheduledRestoreTests', store, 'scheduled-restore-tests');
  await gateway.schedules.trigger(schedule);
  await expect.poll(() => hook.posts.filter(({ body }) => body.includes(`${older}: `)).length, soon).toBe(1);
  expect((await list(store)).map(({ id, status }) => [id, status])).toEqual([
    [newest, 'verified'],
    [older, 'failed'],
  ]);
});

test('retention removes by policy, holding the target, and leaves the last verified one', async () => {
  const store = await storeWith({ retention: '{ at: "05:00" }' });
  const [old, good] = [await takenAgo(store, 60), await takenAgo(store, 40)];
  await store.testBackup(good);
  await keep();
  await gateway.schedules.trigger(`schedule/${store.id}/retention`);
  await expect.poll(async () => (await list(store)).map(({ id }) => id), soon).toEqual([good]);
  expect(existsSync(join(store.repository, store.id, old))).toBe(false);
  await expect.poll(async () => (await gateway.describe(`lease/${store.id}`))?.state, soon).toBe('completed');
  await expect.poll(async () => (await lastRun(`schedule/${store.id}/retention`))?.state, soon).toBe('completed');
  await record('scheduledRetention', store, 'scheduled-retention');
});

test('a schedule whose line is gone from the inventory is removed, and others stay', async () => {
  const before = await gateway.schedules.list();
  const file = readFileSync(stack.inventoryFile, 'utf8');
  writeFileSync(stack.inventoryFile, file.replaceAll('incremental: { every: 1s }', 'incremental: { every: none }'));
  const gone = (await keep()).removed;
  expect(gone).toHaveLength(1);
  expect(gone[0]).toMatch(/\/incremental$/);
  await expect.poll(async () => (await gateway.schedules.list()).length, soon).toBe(before.length - 1);
});
