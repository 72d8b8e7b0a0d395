/** audit-log-restore on real logs: what the backup has and what the live log still has become one, nothing twice, nothing lost. */
import { appendFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { numbersOf, startWriter, upTo } from '../support/audit-log/writers.ts';
import { startStoreStack, type Store, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';

let stack: StoreStack;

openForFile(async (server) => (stack = await startStoreStack(server)));

const scenario = 'audit-log-restore';
const settings = 'agent: none\nlimits: { quarantineShare: 0.5 }';
const later = (n: number): string => `{"id":"audit_later${n}","timestamp":"2027-01-01T00:00:0${n}.000Z","action":"tool.run"}\n`;
const besides = (store: Store): string[] => readdirSync(dirname(store.log)).filter((name) => !store.log.endsWith(`/${name}`));
const quarantined = (store: Store): { reason: string; base64: string }[] =>
  readFileSync(
    join(
      dirname(store.log),
      besides(store).find((name) => name.includes('quarantine-'))!,
    ),
    'utf8',
  )
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { reason: string; base64: string });

describe('lines come back', () => {
  test('into a log that lost its beginning, before what was written since', async () => {
    const store = await stack.store({ settings });
    const whole = readFileSync(store.log, 'utf8');
    await store.verifiedBackup();
    const lines = whole.split(/(?<=\n)/);
    writeFileSync(store.log, `${lines.slice(150).join('')}${later(1)}${later(1)}`);
    const id = await store.recover({ scenario });
    const state = await stack.result(id);
    await stack.record(id, scenario);
    expect(state.status).toBe('recovered');
    expect(readFileSync(store.log, 'utf8')).toBe(`${whole}${later(1)}${later(1)}`);
    expect(besides(store).length).toBe(3);
  });

  test('where there is no log at all, nor its folder', async () => {
    const store = await stack.store();
    const before = store.fingerprint();
    await store.verifiedBackup();
    rmSync(dirname(store.log), { recursive: true });
    const id = await store.recover({ scenario });
    const state = await stack.result(id);
    await stack.record(id, `${scenario}.missing`);
    expect(state.status).toBe('recovered');
    expect(store.fingerprint()).toMatchObject(before);
  });

  test.each([
    ['empty', () => ''],
    ['damaged', (whole: string) => `${whole.slice(0, 1_000)}\n\0\0\0\n${whole.slice(1_001)}${later(1)}not JSON`],
  ])('into one that is %s', async (_, spoil) => {
    const store = await stack.store({ settings });
    const whole = readFileSync(store.log, 'utf8');
    await store.verifiedBackup();
    const spoilt = spoil(whole);
    writeFileSync(store.log, spoilt);
    expect((await stack.result(await store.recover({ scenario }))).status).toBe('recovered');
    expect(readFileSync(store.log, 'utf8')).toBe(`${whole}${spoilt.includes('later') ? later(1) : ''}`);
  });

  test('while others write: none of their lines is lost or comes twice', async () => {
    const store = await stack.store({ settings });
    await store.verifiedBackup();
    truncateSync(store.log, 0);
    const writers = await Promise.all([
      startWriter('opens', store.log, 'opener', 4_000),
      startWriter('holds', store.log, 'holder', 3_000),
    ]);
    const state = await stack.result(await store.recover({ scenario }));
    for (const { name, wrote } of writers) {
      const count = await wrote;
      expect(numbersOf(store.log, name).toSorted((a, b) => a - b)).toEqual(upTo(count));
    }
    expect(state.status).toBe('recovered');
  });
});

describe('people are asked', () => {
  test('where a line has another content under the same id: the backup counts, the other goes to quarantine', async () => {
    const store = await stack.store({ settings });
    appendFileSync(store.log, later(1));
    const whole = readFileSync(store.log, 'utf8');
    await store.verifiedBackup();
    const other = later(1).replace('tool.run', 'tool.delete');
    writeFileSync(store.log, whole.replace(later(1), other));
    const id = await store.recover({ scenario });
    const gate = await stack.gate(id, 'log-quarantine');
    expect(gate.title.en).toContain('1 lines differ');
    await stack.decide(id, gate, 'ren', 'approve');
    expect((await stack.result(id)).status).toBe('recovered');
    await stack.record(id, `${scenario}.approved`);
    expect(readFileSync(store.log, 'utf8')).toBe(whole);
    expect(quarantined(store)).toMatchObject([{ reason: 'disagrees', base64: Buffer.from(other.trimEnd()).toString('base64') }]);
  });

  test('and rejected, nothing is changed', async () => {
    const store = await stack.store({ settings: 'agent: none\napprovals: { log-quarantine: { always: true } }' });
    await store.verifiedBackup();
    truncateSync(store.log, 0);
    const before = store.fingerprint();
    const id = await store.recover({ scenario });
    await stack.decide(id, await stack.gate(id, 'log-quarantine'), 'ren', 'reject');
    expect((await stack.result(id)).status).toBe('stopped');
    await stack.record(id, `${scenario}.rejected`);
    expect(store.fingerprint()).toEqual(before);
  });

  test('before a backup is used that may hold the damage', async () => {
    const store = await stack.store();
    await store.verifiedBackup();
    for (const n of [0, 1, 2, 3]) rmSync(store.tool(n));
    const shrunk = await store.verifiedBackup();
    rmSync(store.log);
    const id = await store.recover({ scenario, input: { backup: shrunk.id } });
    await stack.decide(id, await stack.gate(id, 'suspect-backup'), 'ren', 'reject');
    expect((await stack.result(id)).status).toBe('stopped');
  });
});

describe('the ways out', () => {
  test('nothing to do where the live log has every line', async () => {
    const store = await stack.store();
    await store.verifiedBackup();
    appendFileSync(store.log, later(1));
    const before = store.fingerprint();
    const state = await stack.result(await store.recover({ scenario }));
    expect([state.status, state.steps.find(({ name }) => name === 'restore log')?.outcome]).toEqual([
      'recovered',
      'already-done',
    ]);
    expect(store.fingerprint()).toEqual(before);
  });

  test('a dry run leaves the target byte-equal; a backup without a log is said, and another one taken', async () => {
    const store = await stack.store();
    const whole = readFileSync(store.log, 'utf8');
    const good = await store.verifiedBackup();
    rmSync(store.log);
    const without = await store.verifiedBackup();
    const before = store.fingerprint();
    const dryRun = await store.recover({ scenario, mode: 'dry-run', input: { backup: good.id } });
    expect((await stack.result(dryRun)).status).toBe('planned');
    await stack.record(dryRun, `${scenario}.dry-run`);
    expect(store.fingerprint()).toEqual(before);
    const id = await store.recover({ scenario, input: { backup: without.id } });
    const gate = await stack.gate(id, 'failed:restore log');
    expect(gate.error?.code).toBe('no-backup');
    await stack.decide(id, gate, 'sora', 'roll-back');
    expect((await stack.result(id)).status).toBe('stopped');
    await stack.result(await store.recover({ scenario, input: { backup: good.id } }));
    expect(readFileSync(store.log, 'utf8')).toBe(whole);
  });

  test('verification that fails can be rolled back: there is no log again, but for what was appended since', async () => {
    const store = await stack.store();
    await store.verifiedBackup();
    rmSync(store.log);
    const id = await store.recover({ scenario });
    await expect
      .poll(() => besides(store).concat(readdirSync(dirname(store.log))), { interval: 1, timeout: 20_000 })
      .toContain('dynamic-tools-audit.jsonl');
    appendFileSync(store.log, 'spoilt\n');
    await stack.decide(id, await stack.gate(id, 'failed:verify'), 'sora', 'roll-back');
    expect((await stack.result(id)).status).toBe('rolled-back');
    await stack.record(id, `${scenario}.rolled-back`);
    expect(readFileSync(store.log, 'utf8')).toBe('spoilt\n');
    expect(besides(store)).toEqual([]);
  });
});
