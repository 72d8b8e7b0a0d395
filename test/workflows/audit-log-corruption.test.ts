/** audit-log-corruption on real logs, through a real worker and Temporal: every kind of damage, the gate, writers, the ways out. */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { numbersOf, startWriter, upTo } from '../support/audit-log/writers.ts';
import { makeWritable, onReadOnly } from '../support/mounts.ts';
import { startStoreStack, type Store, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';

let stack: StoreStack;

openForFile(async (server) => (stack = await startStoreStack(server)));

const scenario = 'audit-log-corruption';
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const beside = (store: Store, part: string): string =>
  join(
    dirname(store.log),
    readdirSync(dirname(store.log)).find((name) => name.includes(part))!,
  );
const rejects = (store: Store) =>
  readFileSync(beside(store, 'quarantine-'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { line: number; offset: number; bytes: number; reason: string; base64: string });
/** A few bad lines among the good ones; answers the log as a repair must leave it. */
function damage(store: Store): { readonly original: Buffer; readonly wanted: string } {
  const good = readFileSync(store.log, 'utf8').split(/(?<=\n)/);
  const bad = ['{"timestamp":"2026-10-01T00:00:00.000Z","act{"glued":1}\n', 'null\n', '\0\0\0\0\n', '\n'];
  writeFileSync(store.log, [...good.slice(0, 50), ...bad, ...good.slice(50)].join(''));
  appendFileSync(store.log, '{"cut":');
  return {
    original: readFileSync(store.log),
    wanted: [...good.slice(0, 50), '{"glued":1}\n', ...good.slice(50)].join(''),
  };
}
const settings = 'agent: none\nlimits: { quarantineShare: 0.1 }';

describe('a damaged log', () => {
  test('is repaired without asking: good lines as they were, whole objects saved, the rest in quarantine, the original kept', async () => {
    const store = await stack.store({ settings });
    const { original, wanted } = damage(store);
    const mode = statSync(store.log).mode;
    const id = await store.recover({ scenario });
    const state = await stack.result(id);
    await stack.record(id, scenario);
    expect(state.status).toBe('recovered');
    expect(state.objectives).toMatchObject({ rpoAchieved: 0, metRpo: true });
    expect(readFileSync(store.log, 'utf8')).toBe(wanted);
    expect(statSync(store.log).mode).toBe(mode);
    expect(readFileSync(beside(store, '.corrupted-'))).toEqual(original);
    const found = rejects(store);
    expect(found.map(({ reason }) => reason)).toEqual(['torn', 'not-an-object', 'nul-bytes', 'torn']);
    for (const { offset, bytes, base64 } of found) {
      expect(Buffer.from(base64, 'base64')).toEqual(original.subarray(offset, offset + bytes));
    }
    const receipt = JSON.parse(readFileSync(beside(store, '.repair-'), 'utf8')) as Record<string, { sha256: string }>;
    expect(receipt).toMatchObject({
      complete: true,
      original: { sha256: sha256(original) },
      quarantine: { sha256: sha256(readFileSync(beside(store, 'quarantine-'))) },
    });
    expect(readdirSync(dirname(store.log)).filter((name) => name.startsWith('.okiagari'))).toEqual([]);
  });

  test('loses no line of writers at full speed, and holds none twice', async () => {
    const store = await stack.store({ logLines: 20_000, settings });
    damage(store);
    appendFileSync(store.log, '\n');
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

  test('of which much would go to quarantine needs somebody; rejected, it is left as it is', async () => {
    const store = await stack.store();
    appendFileSync(store.log, `${'not JSON '.repeat(500)}\n`);
    const before = store.fingerprint();
    const id = await store.recover({ scenario });
    const gate = await stack.gate(id, 'log-quarantine');
    expect(gate.title.en).toContain('more than 1 %');
    await stack.decide(id, gate, 'ren', 'reject');
    expect((await stack.result(id)).status).toBe('stopped');
    await stack.record(id, `${scenario}.rejected`);
    expect(store.fingerprint()).toEqual(before);
  });

  test('is repaired after approval as it is then, with what was appended meanwhile', async () => {
    const store = await stack.store();
    const good = readFileSync(store.log, 'utf8');
    appendFileSync(store.log, `${'not JSON '.repeat(500)}\n`);
    const id = await store.recover({ scenario });
    const gate = await stack.gate(id, 'log-quarantine');
    appendFileSync(store.log, '{"later":1}\n{"cut":\n');
    await stack.decide(id, gate, 'ren', 'approve');
    expect((await stack.result(id)).status).toBe('recovered');
    await stack.record(id, `${scenario}.approved`);
    expect(readFileSync(store.log, 'utf8')).toBe(`${good}{"later":1}\n`);
    expect(rejects(store).map(({ line, reason }) => [line, reason])).toEqual([
      [201, 'not-json'],
      [203, 'torn'],
    ]);
  });

  test('that somebody replaced while people decide is planned anew', async () => {
    const store = await stack.store();
    const good = readFileSync(store.log, 'utf8');
    appendFileSync(store.log, `${'not JSON '.repeat(500)}\n`);
    const id = await store.recover({ scenario });
    const gate = await stack.gate(id, 'log-quarantine');
    rmSync(store.log);
    writeFileSync(store.log, `${good}${'also not JSON '.repeat(500)}\n`);
    await stack.decide(id, gate, 'ren', 'approve');
    const anew = await stack.until(id, ({ waitingFor }) => waitingFor.some(({ digest }) => digest !== gate.digest));
    await stack.decide(id, anew.waitingFor[0]!, 'ren', 'approve');
    expect((await stack.result(id)).status).toBe('recovered');
    expect(readFileSync(store.log, 'utf8')).toBe(good);
  });
});

describe('a log that needs no repair, or cannot have one', () => {
  test('is left alone when every line is an object', async () => {
    const store = await stack.store();
    const before = store.fingerprint();
    const state = await stack.result(await store.recover({ scenario }));
    expect(state.status).toBe('recovered');
    expect(state.steps.find(({ name }) => name === 'repair')?.outcome).toBe('already-done');
    expect(store.fingerprint()).toEqual(before);
  });

  test.each([
    ['empty', ''],
    ['of bad lines only', 'no\nnot at all\n'],
    ['not text at all', Buffer.from([0xff, 0xfe, 0, 1, 2, 10, 0x80, 0x81])],
  ])('%s has a defined end', async (_, content) => {
    const store = await stack.store({ settings: 'agent: none\nlimits: { quarantineShare: 1 }' });
    writeFileSync(store.log, content);
    const state = await stack.result(await store.recover({ scenario }));
    expect(state.status).toBe('recovered');
    expect(readFileSync(store.log, 'utf8')).toBe('');
  });

  test('that is missing is a failed step that names the other scenario', async () => {
    const store = await stack.store();
    rmSync(store.log);
    const id = await store.recover({ scenario });
    const gate = await stack.gate(id, 'failed:repair');
    expect(gate.error?.code).toBe('log-missing');
    await stack.decide(id, gate, 'sora', 'roll-back');
    expect((await stack.result(id)).status).toBe('stopped');
  });

  test('on a read-only file system waits, and goes on with the same plan', async () => {
    const store = await stack.store({ settings });
    const { wanted } = damage(store);
    await onReadOnly(store.root, async () => {
      const id = await store.recover({ scenario });
      const gate = await stack.gate(id, 'failed:repair');
      expect(gate.error?.code).toBe('target-read-only');
      makeWritable(store.root);
      await stack.decide(id, gate, 'sora', 'retry');
      expect((await stack.result(id)).status).toBe('recovered');
    });
    expect(readFileSync(store.log, 'utf8')).toBe(wanted);
  });
});

describe('the ways out', () => {
  test('a dry run shows the same plan and leaves the target byte-equal', async () => {
    const store = await stack.store({ settings });
    damage(store);
    const before = store.fingerprint();
    const id = await store.recover({ scenario, mode: 'dry-run' });
    const state = await stack.result(id);
    await stack.record(id, `${scenario}.dry-run`);
    expect(state.status).toBe('planned');
    expect(state.steps.find(({ name }) => name === 'repair')?.sentence.en).toContain('3 of 204 lines');
    expect(store.fingerprint()).toEqual(before);
  });

  test('verification that fails can be rolled back: the original is the log again, with what was appended since', async () => {
    const store = await stack.store({ settings });
    const { original } = damage(store);
    const before = store.fingerprint();
    const { ino } = statSync(store.log);
    // Comes as soon as the repaired log is in place: the second look finds it.
    const id = await store.recover({ scenario, mode: 'run' });
    await spoilOnceReplaced(store, ino);
    const gate = await stack.gate(id, 'failed:verify');
    expect(gate.error?.sentence.en).toContain('1 of');
    appendFileSync(store.log, '{"after":1}\n');
    await stack.decide(id, gate, 'sora', 'roll-back');
    expect((await stack.result(id)).status).toBe('rolled-back');
    await stack.record(id, `${scenario}.rolled-back`);
    expect(readFileSync(store.log).toString()).toBe(`${original.toString()}spoilt\n{"after":1}\n`);
    expect(statSync(store.log).ino).toBe(ino);
    expect(Object.keys(store.fingerprint())).toEqual(Object.keys(before));
  });
});

async function spoilOnceReplaced(store: Store, ino: number): Promise<void> {
  await expect.poll(() => statSync(store.log).ino !== ino && existsSync(store.log), { interval: 1, timeout: 20_000 }).toBe(true);
  appendFileSync(store.log, 'spoilt\n');
}
