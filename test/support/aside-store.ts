/** Stores whose tools were put away, for tests of the ways there and back. */
import { mkdirSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Store } from './store-stack.ts';

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
