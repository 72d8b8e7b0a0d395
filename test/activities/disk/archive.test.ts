/** Old lines go into an archive that is proven first, and come back byte for byte; a kill at any instant loses and doubles nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Ports } from '../../../activities/ports/index.ts';
import { fillUp } from '../../support/mounts.ts';
import { eventually } from '../../support/eventually.ts';
import { failureOf, mountSmall, picture, recovery, target } from '../tool-store/world.ts';
import { lineOf, linesOf } from '../../support/log-lines.ts';
import { makeOldLog, planned, unpacked, type OldLog } from './old-log.ts';

const archives = ({ world }: OldLog): string[] => {
  const folder = world.live('.pi/logs/archive');
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
};
const left = ({ world }: OldLog): string[] =>
  [
    world.live('.pi/logs'),
    world.live('.pi/logs/archive'),
    join(world.data, 'swaps'),
    join(world.data, 'archiving', target),
  ].flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder).filter((name) => name !== 'archive' && !/\.jsonl(\.gz)?$/.test(name)) : [],
  );

describe('an archive', () => {
  test('takes exactly the old lines, damaged ones among them, keeps mode and owner, and a second time changes nothing', async () => {
    const made = await makeOldLog();
    chmodSync(made.log, 0o640);
    chownSync(made.log, 4711, 4712);
    const { plan, apply } = await planned(made.world.ports);
    expect(plan.counts).toEqual({ add: 1, overwrite: 0, keep: 0, remove: 1 });
    const receipt = await apply();
    expect(receipt).toMatchObject({ lines: 402, bytes: Buffer.byteLength(made.old), detour: false });
    expect(readFileSync(made.log, 'utf8')).toBe(made.young);
    expect([statSync(made.log).mode & 0o7777, statSync(made.log).uid, statSync(made.log).gid]).toEqual([0o640, 4711, 4712]);
    expect(archives(made)).toEqual([made.world.live(receipt.archive)]);
    expect(receipt.archive).toMatch(/^\.pi\/logs\/archive\/audit-\d{8}T\d{6}Z_\d{8}T\d{6}Z\.jsonl\.gz$/);
    expect(unpacked(archives(made)[0]!)).toBe(made.old);
    expect(left(made)).toEqual([]);
    const after = picture(made.world.root);
    expect(await apply()).toEqual(receipt);
    expect(picture(made.world.root)).toEqual(after);
  });

  test('comes back byte for byte, also a second time', async () => {
    const made = await makeOldLog();
    const before = picture(made.world.root);
    const { apply, undo } = await planned(made.world.ports);
    await apply();
    expect(await undo()).toEqual({ lines: 402, restored: true });
    expect(picture(made.world.root)).toEqual(before);
    expect(await undo()).toEqual({ lines: 402, restored: false });
    expect(picture(made.world.root)).toEqual(before);
    expect(left(made)).toEqual([]);
  });

  test('is planned the same again while lines are appended, and not at all where nothing is old', async () => {
    const made = await makeOldLog();
    const { plan } = await planned(made.world.ports);
    appendFileSync(made.log, lineOf(0, 1));
    expect((await planned(made.world.ports)).plan.digest).toBe(plan.digest);
    writeFileSync(made.log, made.young);
    const none = await planned(made.world.ports);
    expect([none.plan.size.items, (await none.apply()).lines, (await none.undo()).restored]).toEqual([0, 0, false]);
    expect(readFileSync(made.log, 'utf8')).toBe(made.young);
    const sooner = await made.disk.planArchive({ target, recovery, olderThanDays: 2 });
    expect(sooner.changes[0]!.before).toContain('51 lines');
  });

  test('never replaces another one of the same name, and refuses a log that is another one now', async () => {
    const made = await makeOldLog();
    const first = await planned(made.world.ports);
    const usual = made.world.live(first.plan.changes[1]!.path);
    mkdirSync(dirname(usual), { recursive: true });
    writeFileSync(usual, 'something else');
    const second = await planned(made.world.ports);
    expect(second.plan.changes[1]!.path).not.toBe(first.plan.changes[1]!.path);
    await second.apply();
    expect(readFileSync(usual, 'utf8')).toBe('something else');
    const other = linesOf(50, 3);
    writeFileSync(made.log, other);
    expect(await failureOf(first.apply())).toMatchObject({ code: 'plan-changed' });
    expect(readFileSync(made.log, 'utf8')).toBe(other);
  });

  test('that was altered is not put back: the log stays as it is', async () => {
    const made = await makeOldLog();
    const { apply, undo } = await planned(made.world.ports);
    await apply();
    writeFileSync(archives(made)[0]!, 'rotten');
    expect(await failureOf(undo())).toMatchObject({ code: 'archive-unreadable' });
    expect(readFileSync(made.log, 'utf8')).toBe(made.young);
  });

  test('that does not unpack to what went in leaves the log whole', async () => {
    const made = await makeOldLog({
      wrap: (ports) => ({
        ...ports,
        logArchives: { ...ports.logArchives, pack: async (log, upTo, to, as) => ports.logArchives.pack(log, upTo - 10, to, as) },
      }),
    });
    const before = picture(made.world.root);
    const { apply } = await planned(made.world.ports);
    expect(await failureOf(apply())).toMatchObject({ code: 'archive-unreadable' });
    expect(readFileSync(made.log, 'utf8')).toBe(made.old + made.young);
    expect(Object.keys(picture(made.world.root)).filter((path) => !(path in before))).toEqual(['.pi/logs/archive/']);
  });
});

test('lines that stay are compared as well: a log that was not written as it should be never takes the place', async () => {
  const made = await makeOldLog({
    wrap: (ports) => ({
      ...ports,
      logArchives: {
        ...ports.logArchives,
        join: async (pieces, to, as, signal) => {
          const joined = await ports.logArchives.join(pieces, to, as, signal);
          const path = join(to.root, to.path);
          const file = readFileSync(path);
          file[0]! ^= 1;
          writeFileSync(path, file);
          return joined;
        },
      },
    }),
  });
  const { apply } = await planned(made.world.ports);
  expect(await failureOf(apply())).toMatchObject({ code: 'archive-unreadable' });
  expect(readFileSync(made.log, 'utf8')).toBe(made.old + made.young);
});

/** A writer that opens the log anew for each line, as the agent does, as fast as it can. */
function writer(log: string) {
  const script = `
    const { appendFileSync } = require('node:fs');
    process.on('SIGTERM', () => { console.log(n); process.exit(); });
    let n = 0;
    const line = (n) => JSON.stringify({ timestamp: new Date().toISOString(), action: 'run_dynamic_tool', n }) + '\\n';
    const more = () => { for (let i = 0; i < 20; i++) appendFileSync(process.argv[1], line(n++)); setImmediate(more); };
    more();`;
  const child = spawn(process.execPath, ['-e', script, log], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
  return {
    async stop(): Promise<number> {
      child.kill('SIGTERM');
      await once(child, 'close');
      return Number(said);
    },
  };
}
const numbers = (text: string): number[] =>
  [...text.matchAll(/"action":"run_dynamic_tool","n":(\d+)\}/g)].map(([, n]) => Number(n)).toSorted((a, b) => a - b);

test(
  'lines that are appended at full speed meanwhile are there once, through archive and way back',
  { timeout: 60_000 },
  async () => {
    const made = await makeOldLog();
    const { apply, undo } = await planned(made.world.ports);
    const agent = writer(made.log);
    const size = (): number => statSync(made.log).size;
    const grows = async (): Promise<void> => {
      const from = size();
      await eventually(() => size() > from + 5_000).toBe(true);
    };
    await grows();
    await apply();
    await grows();
    await undo();
    await grows();
    const written = await agent.stop();
    const text = readFileSync(made.log, 'utf8');
    expect(text.startsWith(made.old + made.young)).toBe(true);
    expect(numbers(text)).toEqual(Array.from({ length: written }, (_, n) => n));
  },
);

describe('on a full disk', () => {
  const full = async (size: string, old: string, young: string) => {
    const made = await makeOldLog({}, '', '');
    const root = made.world.live('.pi/logs');
    mountSmall(root, size);
    writeFileSync(made.log, old + young);
    const filler = join(root, 'filler');
    fillUp(filler);
    expect(statfsSync(root).bavail).toBe(0);
    return { ...made, old, young, root };
  };
  const wide = (daysAgo: number, count: number): string => linesOf(daysAgo, count);

  test('with not one byte free it archives by way of the data folder, and room is gained', async () => {
    const made = await full('2m', wide(60, 3_000), wide(2, 3_000));
    const { apply } = await planned(made.world.ports);
    const receipt = await apply();
    expect(receipt).toMatchObject({ lines: 3_000, detour: true });
    expect(readFileSync(made.log, 'utf8')).toBe(made.young);
    expect(unpacked(made.world.live(receipt.archive))).toBe(made.old);
    expect(statfsSync(made.root).bavail * statfsSync(made.root).bsize).toBeGreaterThan(Buffer.byteLength(made.old) / 2);
    expect(left(made)).toEqual(['filler']);
  });

  test('with the data folder full as well it says what is missing, and nothing has changed', async () => {
    const made = await full('2m', wide(60, 3_000), wide(2, 3_000));
    const { apply } = await planned(made.world.ports);
    mountSmall(join(made.world.data, 'archiving'), '64k');
    fillUp(join(made.world.data, 'archiving/filler'));
    expect(await failureOf(apply())).toMatchObject({ code: 'disk-full' });
    expect(readFileSync(made.log, 'utf8')).toBe(made.old + made.young);
    expect(archives(made)).toEqual([]);
  });

  test(
    'killed after any effect on the way round, the next attempt ends it, and the way back works from there',
    { timeout: 120_000 },
    async () => {
      for (let n = 1; ; n++) {
        const made = await full('400k', wide(60, 500), wide(2, 500));
        const { apply, undo } = await planned(made.world.ports);
        const { ports, died } = dyingAt(made.world.ports, n);
        await apply(ports).catch(() => undefined);
        if (n % 2 === 1) {
          expect((await apply()).lines).toBe(500);
          expect(readFileSync(made.log, 'utf8'), `killed at ${n}`).toBe(made.young);
          expect(unpacked(archives(made)[0]!)).toBe(made.old);
        } else {
          // As somebody would who makes room before asking for the way back.
          writeFileSync(join(made.root, 'filler'), '');
          await undo();
          expect(readFileSync(made.log, 'utf8'), `killed at ${n}, taken back`).toBe(made.old + made.young);
          expect(archives(made)).toEqual([]);
        }
        expect(left(made), `killed at ${n}`).toEqual(['filler']);
        if (!died()) return;
      }
    },
  );
});

/** The n-th effect happens, and nothing after it. */
function dyingAt(ports: Ports, n: number): { readonly ports: Ports; readonly died: () => boolean } {
  let [effects, dead] = [0, false];
  const mortal = <T extends object>(port: T): T =>
    Object.fromEntries(
      Object.entries(port).map(([name, member]) => [
        name,
        typeof member !== 'function'
          ? member
          : async (...args: unknown[]) => {
              if (dead) throw new Error('dead');
              const result = await (member as (...args: unknown[]) => unknown)(...args);
              if (!/^(look|read|scan|line|list|free)/.test(name) && ++effects === n) dead = true;
              if (dead) throw new Error('dead');
              return result;
            },
      ]),
    ) as T;
  return {
    ports: { ...ports, files: mortal(ports.files), logs: mortal(ports.logs), logArchives: mortal(ports.logArchives) },
    died: () => dead,
  };
}

describe.each(['apply', 'undo'] as const)('%s', (which) => {
  test('killed after any effect ends well at the next attempt', { timeout: 120_000 }, async () => {
    for (let n = 1; ; n++) {
      const made = await makeOldLog();
      const before = picture(made.world.root);
      const work = await planned(made.world.ports);
      if (which === 'undo') await work.apply();
      const { ports, died } = dyingAt(made.world.ports, n);
      await work[which](ports).catch(() => undefined);
      appendFileSync(made.log, lineOf(0, n));
      await work[which]();
      const late = lineOf(0, n).length;
      const text = readFileSync(made.log, 'utf8');
      expect(text.slice(0, -late), `killed at ${n}`).toBe(which === 'undo' ? made.old + made.young : made.young);
      expect(left(made), `killed at ${n}`).toEqual([]);
      if (which === 'undo') expect(Object.keys(picture(made.world.root))).toEqual(Object.keys(before));
      else expect(unpacked(archives(made)[0]!)).toBe(made.old);
      if (!died()) return;
    }
  });
});
