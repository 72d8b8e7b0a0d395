/** Full disks as crash cases: a log with old lines and a backup past its time. What happened is read from log, archive and repository. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { linesOf } from '../../log-lines.ts';
import type { Store, StoreStack } from '../../store-stack.ts';
import type { CrashCase, Wreck } from '../case.ts';
import { storesCase } from './stores.ts';

interface DiskCase {
  readonly input: unknown;
  /** Cancelled there, the store must be as it was. */
  readonly cancelAt?: string;
}

export const diskCase = ({ input, cancelAt }: DiskCase): CrashCase<StoreStack> =>
  storesCase('disk-exhaustion', (stack) => wreck(stack, input, cancelAt === undefined), cancelAt);

const dayMs = 86_400_000;

async function wreck(stack: StoreStack, input: unknown, isMended: boolean): Promise<Wreck> {
  const store = await stack.store({ tools: 3 });
  const [old, young] = [linesOf(60, 300), linesOf(2, 50)];
  writeFileSync(store.log, old + young);
  const past = await store.takeBackup('full', new Date(Date.now() - 45 * dayMs));
  const kept = await store.verifiedBackup();
  const before = store.fingerprint();
  const inodes = new Map<'log' | 'archive', number>();
  const folder = join(store.root, '.pi/logs/archive');
  const archives = (): string[] => (existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.gz')) : []);

  return {
    target: store.id,
    input,
    /** Wherever somebody dies, every line is in the log or in an archive; and what is finished then stays the same file. */
    watch() {
      for (const [name, isFinished] of [
        ['log', readFileSync(store.log, 'utf8') === young],
        ['archive', archives().length > 0],
      ] as const) {
        if (isMended && isFinished && !inodes.has(name)) inodes.set(name, inodeOf(name));
      }
    },
    faults() {
      const backups = join(store.repository, store.id);
      const rewritten = [...inodes].filter(([name, ino]) => inodeOf(name) !== ino).map(([name]) => `the ${name} was made twice`);
      return [
        ...(isMended ? mendedFaults() : unmendedFaults()),
        ...rewritten,
        ...keptFaults(join(backups, kept.id)),
        ...left(stack, store),
      ];
    },
  };

  function inodeOf(name: 'log' | 'archive'): number {
    const path = name === 'log' ? store.log : join(folder, archives()[0] ?? '');
    return statSync(path).ino;
  }

  function mendedFaults(): string[] {
    const packed = archives().map((name) => gunzipSync(readFileSync(join(folder, name))).toString('utf8'));
    return [
      ...(readFileSync(store.log, 'utf8') === young ? [] : ['the log is not the young lines']),
      ...(packed.length === 1 && packed[0] === old ? [] : [`${packed.length} archives, not one with the old lines`]),
      ...(existsSync(join(store.repository, store.id, past.id)) ? ['the backup past its time is still there'] : []),
    ];
  }

  function unmendedFaults(): string[] {
    const now = store.fingerprint();
    const differing = [...new Set([...Object.keys(now), ...Object.keys(before)])].filter((path) => now[path] !== before[path]);
    return [
      ...differing.map((path) => `${path} is ${now[path] ?? 'missing'}, not ${before[path] ?? 'missing'}`),
      ...(existsSync(join(store.repository, store.id, past.id, 'manifest.json')) ? [] : ['a backup was removed all the same']),
    ];
  }
}

const keptFaults = (backup: string): string[] =>
  existsSync(join(backup, 'manifest.json')) && existsSync(join(backup, 'verification.json'))
    ? []
    : ['the verified backup is gone'];

/** Nothing of ours may lie about. */
function left(stack: StoreStack, store: Store): string[] {
  const inLogs = readdirSync(join(store.root, '.pi/logs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.includes('.okiagari-'),
  );
  const home = join(stack.data, 'archiving', store.id);
  return [...inLogs, ...(existsSync(home) ? readdirSync(home) : [])].map((name) => `${name} was left behind`);
}
