/** full-system-recovery on an empty machine: from a real S3 server, with code from git, through all five phases and every way out. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checklistKey } from '../../activities/records/keys.ts';
import type { FilledChecklist } from '../../domain/checklist/words.ts';
import { agentPackage } from '../activities/checklist/world.ts';
import { installExtension } from '../support/agent-extension.ts';
import { scenarios } from '../../contracts/scenarios.ts';
import { childWorkflowId } from '../../domain/identity.ts';
import type { RecoveryState } from '../../domain/recovery.ts';
import { makeGitRepository } from '../support/git-repository.ts';
import { startObjectStore, type TestObjectStore } from '../support/object-store.ts';
import { outcomesByStep } from '../support/recovery-driver.ts';
import { startStoreStack, type Fingerprint, type Store, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';

let stack: StoreStack;
let objects: TestObjectStore;

openForFile(async (server, tidy) => {
  objects = await startObjectStore();
  tidy.defer(() => objects.stop());
  return (stack = await startStoreStack(server));
});

const scenario = 'full-system-recovery';
const phases = scenarios.filter(({ inner }) => inner).map(({ id }) => id);
const extension = '.pi/extensions/dynamic-tools.ts';
let made = 0;

const code = { 'extensions/dynamic-tools.ts': 'export default () => {};\n', 'lib/dynamic-tools/a.ts': 'export const a = 1;\n' };

/** A store with its code from git; `settings` are lines of the inventory. */
async function system(settings = 'agent: none', offsite?: TestObjectStore, files: Readonly<Record<string, string>> = code) {
  const git = makeGitRepository(join(stack.folder, `git-${++made}`));
  git.commit(files);
  const store = await stack.store({
    ...(offsite && { offsite }),
    settings: ({ tools }) =>
      [
        settings,
        'limits: { diskPercent: 100, memoryPercent: 100, toolMs: 60000 }',
        `criticalTools: [{ name: ${tools[0]!.name} }]`,
        `sources: [{ path: .pi/extensions, git: "${git.path}", folder: extensions }, { path: .pi/lib, git: "${git.path}", folder: lib }]`,
      ].join('\n'),
  });
  return { store, git };
}

const tickAll = async (id: string): Promise<void> => {
  for (const item of ['dns', 'old-stopped', 'traffic']) {
    await stack.decide(id, await stack.gate(id, `switch-over/check:${item}`), 'sora', 'tick');
  }
};
const withoutCode = (files: Fingerprint) =>
  Object.fromEntries(Object.entries(files).filter(([path]) => !/^\.pi\/(extensions|lib)\//.test(path)));

describe('on an empty machine', () => {
  test('everything comes back from the object store and from git, phase by phase, and people switch over', async () => {
    const { store } = await system('agent: none', objects);
    await store.verifiedBackup();
    const before = store.fingerprint();
    rmSync(store.root, { recursive: true });
    rmSync(store.repository, { recursive: true });
    const id = await store.recover({ scenario });
    await tickAll(id);
    const state = await stack.result(id);
    await stack.record(id, scenario);
    for (const phase of phases) await stack.record(childWorkflowId(id, phase), phase);
    expect(state.status).toBe('recovered');
    expect(withoutCode(store.fingerprint())).toEqual(before);
    expect(readFileSync(join(store.root, extension), 'utf8')).toBe('export default () => {};\n');
    expect(readFileSync(join(store.root, '.pi/lib/dynamic-tools/a.ts'), 'utf8')).toBe('export const a = 1;\n');
    expect(existsSync(join(store.root, '.pi/backups'))).toBe(true);
    expect(state.steps.filter(({ path }) => path === '').map(({ name }) => name)).toEqual([
      'hold target',
      ...phases.slice(0, 2),
      'note backup',
      ...phases.slice(2),
    ]);
    expect(state.objectives).toMatchObject({ rtoMs: 4 * 3_600_000, metRto: true, metRpo: true });
  });

  test('the agent itself lists, runs and creates tools before it counts as verified; the filled list is part of the record', async () => {
    const donor = join(stack.folder, 'extension');
    installExtension(donor);
    const paths = ['extensions/dynamic-tools.ts', 'lib/dynamic-tools/registry.ts', 'lib/faults.json'];
    const files = Object.fromEntries(paths.map((path) => [path, readFileSync(join(donor, '.pi', path), 'utf8')]));
    const { path } = await agentPackage();
    const { store } = await system(`agent: none\nagentPackage: { path: ${path} }`, undefined, files);
    await store.verifiedBackup();
    rmSync(store.root, { recursive: true });
    const id = await store.recover({ scenario });
    await tickAll(id);
    const state = await stack.result(id);
    expect(state.status).toBe('recovered');
    const list = JSON.parse(readFileSync(join(stack.data, 'records', checklistKey(state.id)), 'utf8')) as FilledChecklist;
    expect(list.passed).toBe(true);
    expect(
      list.items.filter(({ outcome }) => outcome !== 'ok').map(({ id: item, sentence }) => `${item}: ${sentence.en}`),
    ).toEqual([]);
  });

  test('a dry run tells it all and makes nothing', async () => {
    const { store } = await system();
    await store.verifiedBackup();
    rmSync(store.root, { recursive: true });
    const id = await store.recover({ scenario, mode: 'dry-run' });
    const state = await stack.result(id);
    await stack.record(id, `${scenario}.dry-run`);
    expect(state.status).toBe('planned');
    expect(existsSync(store.root)).toBe(false);
    expect(outcomesByStep(state)).toMatchObject({
      'prepare-environment/prepare': 'planned',
      'switch-over/switch over': 'planned',
    });
    expect(state.steps.find(({ name }) => name === 'look at the place')?.sentence.en).toContain('not there yet');
  });

  test('a phase that failed waits; rolled back, the machine is as empty as it was', async () => {
    const { store, git } = await system();
    await store.verifiedBackup();
    rmSync(store.root, { recursive: true });
    renameSync(git.path, `${git.path}.away`);
    const id = await store.recover({ scenario });
    const failed = await stack.gate(id, 'prepare-environment/failed:verify environment');
    expect(failed.error?.sentence).toBeDefined();
    await stack.decide(id, failed, 'sora', 'roll-back');
    const state = await stack.result(id);
    // What its phase had done was done by the whole.
    expect(state.status).toBe('rolled-back');
    expect(outcomesByStep(state)['prepare-environment/prepare']).toBe('undone');
    await stack.record(id, `${scenario}.phase-rolled-back`);
    expect(existsSync(store.root)).toBe(false);
  });

  test('what was mended meanwhile goes on in the same run', async () => {
    const { store, git } = await system();
    await store.verifiedBackup();
    rmSync(store.root, { recursive: true });
    renameSync(git.path, `${git.path}.away`);
    const id = await store.recover({ scenario });
    const failed = await stack.gate(id, 'prepare-environment/failed:verify environment');
    renameSync(`${git.path}.away`, git.path);
    await stack.decide(id, failed, 'sora', 'retry');
    await tickAll(id);
    expect((await stack.result(id)).status).toBe('recovered');
  });

  test('an item that a person fails takes all of it back', async () => {
    const { store } = await system();
    await store.verifiedBackup();
    rmSync(store.root, { recursive: true });
    const id = await store.recover({ scenario });
    await stack.decide(id, await stack.gate(id, 'switch-over/check:dns'), 'sora', 'fail');
    for (const item of ['old-stopped', 'traffic']) {
      await stack.decide(id, await stack.gate(id, `switch-over/check:${item}`), 'sora', 'tick');
    }
    await stack.decide(id, await stack.gate(id, 'switch-over/failed:switch over'), 'sora', 'roll-back');
    expect((await stack.result(id)).status).toBe('rolled-back');
    await stack.record(id, `${scenario}.rolled-back`);
    expect(existsSync(store.root)).toBe(false);
  });
});

describe('where something is there', () => {
  const refuse = async (store: Store, gate: string, input: unknown = {}): Promise<RecoveryState> => {
    const before = store.fingerprint();
    const id = await store.recover({ scenario, input });
    await stack.decide(id, await stack.gate(id, gate), 'ren', 'reject');
    const state = await stack.result(id);
    expect(store.fingerprint()).toEqual(before);
    return state;
  };

  test('a tool is overwritten only after another person agreed; refused, nothing is left of any phase', async () => {
    const { store } = await system();
    await store.verifiedBackup();
    writeFileSync(store.tool(0), 'damaged');
    expect((await refuse(store, 'restore-system/restore')).status).toBe('rolled-back');
    expect(existsSync(join(store.root, '.pi/backups'))).toBe(false);
  });

  test('an extension is overwritten only after another person agreed; refused, the restored tools go too', async () => {
    const { store } = await system();
    await store.verifiedBackup();
    rmSync(store.tool(0));
    mkdirSync(dirname(join(store.root, extension)), { recursive: true });
    writeFileSync(join(store.root, extension), 'by hand');
    expect((await refuse(store, 'restore-system/sources')).status).toBe('rolled-back');
  });

  test('a suspect backup needs consent', async () => {
    const { store } = await system();
    await store.verifiedBackup();
    for (const n of [0, 1, 2, 3]) rmSync(store.tool(n));
    const shrunk = await store.verifiedBackup();
    expect((await refuse(store, 'fetch-backup/suspect-backup', { backup: shrunk.id })).status).toBe('rolled-back');
  });

  test('another version of the agent is replaced only after another person agreed', async () => {
    const path = join(stack.folder, 'agent-there/node_modules/@x/agent');
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'package.json'), '{"version":"1.0.0"}');
    const { store } = await system(`agent: none\nagentPackage: { path: ${path}, version: 2.0.0 }`);
    await store.verifiedBackup();
    expect((await refuse(store, 'prepare-environment/environment')).status).toBe('stopped');
    expect(readFileSync(join(path, 'package.json'), 'utf8')).toBe('{"version":"1.0.0"}');
  });
});
