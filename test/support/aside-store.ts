/** Stores whose tools were put away, and an agent that notes what it is told, for tests of the ways there and back. */
import { mkdirSync, mkdtempSync, renameSync, writeFileSync, existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Store, StoreStack } from './store-stack.ts';

/** Where the n-th tool lies when it is put away. */
export const asidePath = (store: Store, n: number, folder: 'disabled' | 'quarantine'): string =>
  join(store.root, '.pi/tools', folder, basename(store.tool(n)));

/** Puts tools away by hand. */
export function putAwayByHand(store: Store, folder: 'disabled' | 'quarantine', ...numbers: readonly number[]): void {
  for (const n of numbers) {
    const to = asidePath(store, n, folder);
    mkdirSync(dirname(to), { recursive: true });
    renameSync(store.tool(n), to);
  }
}

/** Commands for the inventory that leave a line each time. */
export function notingAgent(stack: Pick<StoreStack, 'folder'>, isRunning = true) {
  const folder = mkdtempSync(join(stack.folder, 'agent-'));
  const [flag, said] = [join(folder, 'running'), join(folder, 'said')];
  if (isRunning) writeFileSync(flag, '');
  const sh = (script: string): string => JSON.stringify(['sh', '-c', script]);
  return {
    flag,
    /** Words it heard, in order. */
    heard: (): string[] => (existsSync(said) ? readFileSync(said, 'utf8').trim().split('\n') : []),
    /** The inventory's line; `onStart` runs as it starts. */
    settings: (onStart = 'true'): string =>
      `agent: { running: ${sh(`test -e ${flag}`)}, stop: ${sh(`echo stop >> ${said}; rm ${flag}`)}, start: ${sh(`echo start >> ${said}; touch ${flag}; ${onStart}`)} }`,
  };
}
