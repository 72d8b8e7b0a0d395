/** A breach as activities see it: evidence that stays, suspicions with their reasons, and what may come back. */
import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createBreachActivities } from '../../../activities/breach/create-breach-activities.ts';
import { createSetAsideActivities } from '../../../activities/set-aside/create-set-aside-activities.ts';
import type { Examination } from '../../../domain/breach/words.ts';
import { addTool, editTool, failureOf, logPath, makeWorld, picture, recovery, target, type World } from '../tool-store/world.ts';

const early = '2026-11-20T00:00:00.000Z';
/** A backup is finished now, whenever it says it began: the breach comes a minute after it. */
const brokenSince = new Date(Date.now() + 60_000).toISOString();
const later = new Date(Date.now() + 120_000).toISOString();

async function breached(options?: Parameters<typeof makeWorld>[0]) {
  const world = await makeWorld(options);
  const breach = createBreachActivities(world.ports);
  const ask = { target, recovery, brokenSince, tools: [] as string[], trusted: [] as string[] };
  const examined = async (more: Partial<typeof ask> = {}): Promise<Examination> => {
    const { ref } = await breach.examineBreach({ ...ask, ...more });
    return JSON.parse((await world.ports.records.get(ref))!) as Examination;
  };
  return { ...world, breach, ask, examined, aside: createSetAsideActivities(world.ports) };
}

const log = (world: World, line: object): void => appendFileSync(world.live(logPath), `${JSON.stringify(line)}\n`);
const creation = (tool: string, actor: string, timestamp: string) => ({
  ...{ id: `audit_${tool}`, timestamp, action: 'tool.create', toolName: tool, actor, details: {}, success: true },
});

describe('evidence', () => {
  test('is a copy of tools, logs and code, hashed and read-only, and the first one stands', async () => {
    const one = await breached();
    mkdirSync(one.live('.pi/extensions'));
    writeFileSync(one.live('.pi/extensions/x.ts'), 'x');
    symlinkSync('/etc/passwd', one.live('.pi/tools/linked.json'));
    const before = picture(one.root);
    const receipt = await one.breach.preserveEvidence({ target, recovery });
    expect(picture(one.root)).toEqual(before);
    const home = join(one.data, receipt.ref);
    for (const path of [one.sample.tools[0]!.path, logPath, '.pi/extensions/x.ts']) {
      expect(readFileSync(join(home, 'files', path))).toEqual(readFileSync(one.live(path)));
      expect(statSync(join(home, 'files', path)).mode & 0o7777).toBe(0o400);
    }
    for (const folder of ['', 'files', 'files/.pi', 'files/.pi/tools']) {
      expect(statSync(join(home, folder)).mode & 0o7777).toBe(0o500);
    }
    expect(JSON.parse(readFileSync(join(home, 'manifest.json'), 'utf8'))).toMatchObject({
      strange: [{ path: '.pi/tools/linked.json', kind: 'link', pointsTo: '/etc/passwd' }],
      restless: [],
    });
    rmSync(one.live(one.sample.tools[0]!.path));
    expect(await one.breach.preserveEvidence({ target, recovery })).toEqual(receipt);
  });

  test('is read back from the disk: a copy that went wrong is made again', async () => {
    let copies = 0;
    const one = await breached({
      wrap: (ports) => ({
        ...ports,
        files: {
          ...ports.files,
          async copy(from, to, options, signal) {
            const copied = await ports.files.copy(from, to, options, signal);
            if (to.path.startsWith('evidence/') && to.path.endsWith(logPath) && ++copies === 1) {
              chmodSync(join(to.root, to.path), 0o600);
              appendFileSync(join(to.root, to.path), 'rot');
            }
            return copied;
          },
        },
      }),
    });
    const { ref } = await one.breach.preserveEvidence({ target, recovery });
    expect(copies).toBe(2);
    expect(readFileSync(join(one.data, ref, 'files', logPath))).toEqual(readFileSync(one.live(logPath)));
  });

  test('begins anew where an attempt was killed before its manifest', async () => {
    const one = await breached();
    mkdirSync(join(one.data, 'evidence', target, recovery, 'files'), { recursive: true });
    writeFileSync(join(one.data, 'evidence', target, recovery, 'files/half'), 'half');
    const { ref } = await one.breach.preserveEvidence({ target, recovery });
    expect(() => statSync(join(one.data, ref, 'files/half'))).toThrow('ENOENT');
  });
});

test('evidence that was altered is not made anew over what is left of it', async () => {
  const one = await breached();
  const { ref } = await one.breach.preserveEvidence({ target, recovery });
  const manifest = join(one.data, ref, 'manifest.json');
  chmodSync(manifest, 0o600);
  appendFileSync(manifest, 'x');
  const left = picture(join(one.data, 'evidence'));
  expect((await failureOf(one.breach.preserveEvidence({ target, recovery }))).code).toBe('not-protected');
  expect(picture(join(one.data, 'evidence'))).toEqual(left);
});

describe('an examination', () => {
  test('finds nothing against a store that is as in its trusted backup, used since or not', async () => {
    const one = await breached();
    await one.verified(early);
    editTool(one.live(one.sample.tools[0]!.path), (tool) => ({ ...tool, usageCount: 99, lastUsedAt: later }));
    expect(await one.examined()).toMatchObject({ suspicions: [], findings: [] });
  });

  test('tells every reason: unknown, new, by a stranger, changed, modes, links, dangers, damage, named', async () => {
    const one = await breached();
    const backup = await one.verified(early);
    log(one, creation('word_count', 'extension', '2026-11-19T00:00:00.000Z'));
    const planted = addTool(one.root, 'planted', 'function execute() { return (0, eval)("1"); }', { createdAt: later });
    log(one, creation('planted', 'mallory', later));
    const [changed, setuid, named, link, damaged, trusted] = one.sample.tools.map(({ path }) => path);
    editTool(one.live(changed!), (tool) => ({ ...tool, description: 'better' }));
    chmodSync(one.live(setuid!), 0o4755);
    rmSync(one.live(link!));
    symlinkSync('/etc/passwd', one.live(link!));
    writeFileSync(one.live(damaged!), '{"half');
    editTool(one.live(trusted!), (tool) => ({ ...tool, description: 'by us' }));
    const nameOf = (path: string) => path.replace('.pi/tools/', '').replace('.json', '');
    const found = await one.examined({ tools: [nameOf(named!)], trusted: [nameOf(trusted!)] });
    const reasons = new Map(found.suspicions.map(({ path, reasons: why }) => [path, why.map(({ en }) => en).join(' ')]));
    expect(found.baseline).toBe(backup);
    expect(reasons.get(planted)).toMatch(
      /Not in the trusted backup.*Created since.*mallory, never seen before.*Line 1 runs text as code/,
    );
    expect(reasons.get(changed!)).toBe('Changed since the trusted backup.');
    expect(reasons.get(setuid!)).toMatch(/Mode 04755 and owner.*gives rights that no tool needs/);
    expect(reasons.get(named!)).toBe('Named by whoever asked.');
    expect(reasons.get(link!)).toContain('A link to /etc/passwd.');
    expect(reasons.get(damaged!)).toContain('Changed');
    expect(reasons.has(trusted!)).toBe(false);
    expect(reasons.size).toBe(6);
    expect(found.findings.map(({ id }) => id)).toEqual(['recent-creations', 'new-actors']);
    expect(found.suspicions.flatMap(({ reasons: why }) => why).filter(({ ja }) => !/[ぁ-んァ-ン一-龠]/.test(ja))).toEqual([]);
  });

  test('says what it could not compare', async () => {
    const one = await breached();
    rmSync(one.live(logPath));
    mkdirSync(one.live('.pi/extensions'));
    writeFileSync(one.live('.pi/extensions/x.ts'), 'x');
    chmodSync(one.live('.pi/extensions/x.ts'), 0o4755);
    const { findings, suspicions } = await one.examined({ tools: ['nowhere'] });
    expect(findings.map(({ id }) => id)).toEqual(['no-baseline', 'no-log', 'named-unknown', 'code-uncompared', 'special-modes']);
    expect(suspicions).toEqual([]);
  });

  test('goes on to an older backup where the newest has rotted', async () => {
    const one = await breached();
    const older = await one.verified(early);
    const newer = await one.verified('2026-11-22T00:00:00.000Z');
    expect((await one.examined()).baseline).toBe(newer);
    writeFileSync(join(one.inRepository(newer), 'files', one.sample.tools[0]!.path), 'rotten');
    expect((await one.examined()).baseline).toBe(older);
  });

  test('trusts no backup that was taken after the breach began', async () => {
    const one = await breached();
    const trusted = await one.verified(early);
    addTool(one.root, 'planted');
    await one.verified('2026-11-22T00:00:00.000Z');
    expect(await one.examined({ brokenSince: '2026-11-20T12:00:00.000Z' })).toMatchObject({ findings: [{ id: 'no-baseline' }] });
    expect((await one.examined()).baseline).not.toBe(trusted);
  });
});

describe('quarantine and what comes back', () => {
  test('takes the suspicious by the rules of setting aside, each with its reason', async () => {
    const one = await breached();
    await one.verified(early);
    const planted = addTool(one.root, 'planted', 'function execute() { return fetch("x"); }');
    const plan = await one.breach.planQuarantine(one.ask);
    expect(plan.counts.remove).toBe(1);
    expect(plan.changes[0]).toMatchObject({ action: 'remove', path: planted });
    expect(plan.changes[0]!.after).toContain('uses the network');
    const before = picture(one.root);
    await one.aside.applySetAside({ target, plan: plan.ref, digest: plan.digest });
    expect(picture(one.root)).not.toEqual(before);
    await one.aside.undoSetAside({ target, plan: plan.ref });
    expect(picture(one.root)).toEqual(before);
  });

  test('leaves out of a backup what is dangerous, named, or newer than the breach', async () => {
    const one = await breached();
    const code = 'function execute() { return process.env.HOME; }';
    addTool(one.root, 'leaky', code);
    addTool(one.root, 'trusted_leaky', code);
    addTool(one.root, 'too_new', 'function execute() { return 1; }', { createdAt: later });
    const backup = await one.verified(early);
    const named = one.sample.tools[0]!.name;
    const { tools, leftOut, why } = await one.breach.judgeBackup({
      target,
      backup,
      brokenSince,
      tools: [named],
      trusted: ['trusted_leaky'],
    });
    expect(leftOut).toBe(3);
    expect(why.map(({ name }) => name).toSorted()).toEqual(['leaky', 'too_new', named].toSorted());
    expect(tools).toHaveLength(one.sample.tools.length - 1 + 1);
  });
});

describe('verification', () => {
  test('passes on a clean store, and each thing that is wrong fails exactly its check', async () => {
    const one = await breached();
    const backup = await one.verified(early);
    addTool(one.root, 'planted');
    const input = { ...one.ask, brokenSince: undefined, backup, code: 'restore' as const };
    const { ref } = await one.breach.preserveEvidence({ target, recovery });
    const plan = await one.breach.planQuarantine({ ...one.ask, brokenSince: undefined });
    await one.aside.applySetAside({ target, plan: plan.ref, digest: plan.digest });
    const failed = async () =>
      (await one.breach.verifyBreach({ ...input, quarantine: plan.ref })).filter(({ ok }) => !ok).map(({ id }) => id);
    expect(await failed()).toEqual([]);
    const unknown = addTool(one.root, 'another');
    expect(await failed()).toEqual(['nothing-unknown']);
    rmSync(one.live(unknown));
    const away = one.live(plan.changes[0]!.path.replace('.pi/tools/', '.pi/tools/quarantine/'));
    const bytes = readFileSync(away);
    writeFileSync(away, 'emptied');
    expect(await failed()).toEqual(['quarantine']);
    writeFileSync(away, bytes);
    const copy = join(one.data, ref, 'files', logPath);
    chmodSync(copy, 0o600);
    expect(await failed()).toEqual(['evidence']);
    chmodSync(copy, 0o400);
    expect(await failed()).toEqual([]);
    const withCode = { ...input, quarantine: plan.ref, recovery: 'tools~other' };
    expect((await one.breach.verifyBreach(withCode)).filter(({ ok }) => !ok).map(({ id }) => id)).toEqual(['evidence']);
  });

  test('is refused for a backup that is not there', async () => {
    const one = await breached();
    const input = { ...one.ask, backup: 'nowhere', code: 'leave' as const };
    expect((await failureOf(one.breach.verifyBreach(input))).code).toBe('no-backup');
  });
});
