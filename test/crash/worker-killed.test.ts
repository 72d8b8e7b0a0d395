/** The worker is killed at every step boundary and inside the steps: it ends well, each effect is there once, nobody is asked twice. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LedgerEntry, Waiting } from '../../domain/recovery.ts';
import { createVictims, type Victims } from '../support/crash/victims.ts';
import { startStoreStack, type Store, type StoreStack } from '../support/store-stack.ts';
import { startTemporalServer, type TemporalServer } from '../support/temporal-server.ts';

let server: TemporalServer;
let victims: Victims;
let stack: StoreStack;

beforeAll(async () => {
  server = await startTemporalServer();
  victims = createVictims(server.address);
  stack = await startStoreStack(server, victims.run);
});
afterAll(async () => {
  await stack.stop();
  await server.stop();
});

const sweepMs = 240_000;

/** Tools missing and truncated, an agent whose commands leave a line each time they really do something. */
async function damagedStore(): Promise<{ store: Store; whole: ReturnType<Store['fingerprint']>; said: string }> {
  const folder = join(stack.folder, `agent-${Date.now()}`);
  mkdirSync(folder);
  const [flag, said] = [join(folder, 'running'), join(folder, 'said')];
  writeFileSync(flag, '');
  const sh = (script: string) => JSON.stringify(['sh', '-c', script]);
  const store = await stack.store({
    settings: ({ tools }) =>
      [
        `agent: { running: ${sh(`test -e ${flag}`)}, stop: ${sh(`echo stop >> ${said}; rm ${flag}`)}, start: ${sh(`echo start >> ${said}; touch ${flag}`)} }`,
        `criticalTools: [{ name: ${tools[0]!.name} }]`,
      ].join('\n'),
  });
  await store.verifiedBackup();
  const whole = store.fingerprint();
  for (const n of [0, 1, 2]) rmSync(store.tool(n));
  for (const n of [3, 4, 5]) truncateSync(store.tool(n), 25);
  return { store, whole, said };
}

/** Inodes of the files that are whole at a death: brought again, they would have another one at the end. */
function watchEffects(store: Store, whole: Record<string, string>): () => string[] {
  const seen = new Map<string, number>();
  const inode = (path: string): number => statSync(join(store.root, path)).ino;
  victims.onDeath = () => {
    const now = store.fingerprint();
    for (const path of Object.keys(whole)) if (now[path] === whole[path] && !seen.has(path)) seen.set(path, inode(path));
  };
  return () => [...seen].filter(([path, ino]) => inode(path) !== ino).map(([path]) => path);
}

/** The worker may die while it answers: the same statement is sent again until it is answered. */
async function approve(id: string, gate: Waiting): Promise<void> {
  const { id: recovery } = await stack.until(id, () => true);
  const statement = {
    recovery,
    gate: gate.gate,
    digest: gate.digest,
    decision: 'approve' as const,
    by: 'ren',
    at: new Date().toISOString(),
    reason: 'sweep',
  };
  await stack.sendDecision(id, statement);
}

const asked = (ledger: readonly LedgerEntry[], gate: string) =>
  new Set(
    ledger.flatMap((entry) =>
      entry.event === 'gate' && entry.gate === gate && entry.state === 'open' ? [entry.waiting.digest] : [],
    ),
  );

/** What is asked for in each scenario so that the store is whole again. */
const scenarios: Record<string, (store: Store) => unknown> = {
  'tool-store-loss': () => ({}),
  'tool-restore': ({ sample }) => ({ tools: sample.tools.slice(0, 6).map(({ name }) => name) }),
};

test.each(Object.entries(scenarios))(
  '%s with its worker killed before and after every activity',
  { timeout: sweepMs },
  async (scenario, input) => {
    const { store, whole, said } = await damagedStore();
    const rewritten = watchEffects(store, whole);
    victims.arm('^(before|after) (?!files\\.|take|test|list|diagnose|hasOpenRun)');
    const id = await store.recover({ scenario, input: input(store) });
    await approve(id, await stack.gate(id, 'restore'));
    const state = await stack.result(id);
    victims.arm('');
    expect(state.status).toBe('recovered');
    expect(store.fingerprint()).toEqual(whole);
    expect(rewritten()).toEqual([]);
    expect(readFileSync(said, 'utf8')).toBe('stop\nstart\n');
    expect(state.steps.every(({ outcome }) => ['done', 'already-done'].includes(outcome))).toBe(true);
    const ledger = await stack.ledger(id);
    expect(asked(ledger, 'restore').size).toBe(1);
    expect(ledger.filter((entry) => entry.event === 'gate' && entry.state === 'approved')).toHaveLength(1);
    expect(ledger.filter((entry) => entry.event === 'gate' && entry.gate.startsWith('failed:'))).toEqual([]);
    const boundaries = [
      'beginRecovery',
      'isAgentRunning',
      'stopAgent',
      'protectToolStore',
      'chooseBackup',
      'planRestore',
      'identifyVoter',
      'openChange',
      'applyRestore',
      'startAgent',
      'verifyRestoredTools',
      'runCriticalTools',
      'closeChange',
      'recordEnd',
    ];
    expect(victims.fired().toSorted()).toEqual(boundaries.flatMap((name) => [`after ${name}`, `before ${name}`]).toSorted());
  },
);

describe('tool-store-loss', () => {
  test('with its worker killed between two effects on files, of every kind', { timeout: sweepMs }, async () => {
    const { store, whole } = await damagedStore();
    const rewritten = watchEffects(store, whole);
    victims.arm('files\\.');
    const id = await store.recover({ scenario: 'tool-store-loss' });
    await approve(id, await stack.gate(id, 'restore'));
    const state = await stack.result(id);
    victims.arm('');
    expect(state.status).toBe('recovered');
    expect(store.fingerprint()).toEqual(whole);
    expect(rewritten()).toEqual([]);
    expect(victims.fired().filter((point) => point.includes('files.')).length).toBeGreaterThanOrEqual(6);
    expect(existsSync(join(store.root, '.pi/tools'))).toBe(true);
  });

  test('killed while people think: the decision counts as soon as a worker is back', async () => {
    const { store, whole } = await damagedStore();
    const id = await store.recover({ scenario: 'tool-store-loss' });
    const gate = await stack.gate(id, 'restore');
    await victims.kill();
    await approve(id, gate);
    expect((await stack.result(id)).status).toBe('recovered');
    expect(store.fingerprint()).toEqual(whole);
  });

  test('killed while it takes its change back: the store is what it was before', { timeout: sweepMs }, async () => {
    const { store } = await damagedStore();
    const damaged = store.fingerprint();
    const id = await store.recover({ scenario: 'tool-store-loss' });
    victims.arm('^after applyRestore$|^before startAgent$|undoRestore|files\\.remove');
    await approve(id, await stack.gate(id, 'restore'));
    await expect.poll(() => victims.fired().includes('before startAgent'), { timeout: 20_000 }).toBe(true);
    await stack.client.workflow.getHandle(id).cancel();
    expect((await stack.result(id)).status).toBe('rolled-back');
    victims.arm('');
    expect(store.fingerprint()).toEqual(damaged);
    expect(victims.fired()).toEqual(expect.arrayContaining(['before undoRestore', 'after undoRestore']));
  });
});
