/** An empty machine as a crash case: the store is gone with its folder, and comes back through all phases, or is as gone as before. */
import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { StoreStack } from '../../store-stack.ts';
import type { CrashCase, Wreck } from '../case.ts';
import { storesCase } from './stores.ts';

/** Cancelled at `cancelAt`, nothing may be left. */
export const fullSystemCase = (cancelAt?: string): CrashCase<StoreStack> =>
  storesCase('full-system-recovery', (stack) => wreck(stack, cancelAt === undefined), cancelAt);

async function wreck(stack: StoreStack, isMended: boolean): Promise<Wreck> {
  const store = await stack.store({
    tools: 3,
    logLines: 20,
    settings: 'agent: none\nlimits: { diskPercent: 100, memoryPercent: 100, toolMs: 60000 }',
  });
  await store.verifiedBackup();
  const whole = store.fingerprint();
  rmSync(store.root, { recursive: true });
  const inodes = new Map<string, number>();
  const inode = (path: string): number | undefined => statSync(join(store.root, path), { throwIfNoEntry: false })?.ino;
  return {
    target: store.id,
    input: {},
    /** Files that are whole at a death: brought again, they would have another inode at the end. */
    watch() {
      if (!isMended) return;
      const now = store.fingerprint();
      for (const path of Object.keys(whole)) {
        const ino = inode(path);
        if (ino !== undefined && now[path] === whole[path] && !inodes.has(path)) inodes.set(path, ino);
      }
    },
    faults() {
      if (!isMended) return existsSync(store.root) ? [`${store.root} is still there`] : [];
      const now = store.fingerprint();
      const differing = [...new Set([...Object.keys(now), ...Object.keys(whole)])].filter((path) => now[path] !== whole[path]);
      return [
        ...differing.map((path) => `${path} is ${now[path] ?? 'missing'}, not ${whole[path] ?? 'missing'}`),
        ...[...inodes].filter(([path, ino]) => inode(path) !== ino).map(([path]) => `${path} was brought twice`),
      ];
    },
  };
}
