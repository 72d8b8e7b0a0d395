/** The inventory of this moment: reloads when the file changes, and keeps the last good one while the file is wrong. */
import { readFileSync } from 'node:fs';
import type { Inventory } from '../contracts/inventory.ts';
import { InventoryError, loadInventory, parseInventory, type Registry } from './inventory.ts';

export interface InventorySource {
  /** The last good inventory. */
  current(): Inventory;
  close(): void;
}

interface WatchOptions {
  /** The file changed and is good. */
  readonly onReload?: (inventory: Inventory) => void;
  /** The file changed and is wrong, or is gone; `current()` stays what it was. Told once for each change. */
  readonly onRefused?: (error: InventoryError) => void;
  readonly registry?: Registry;
  /** How often the file is looked at. */
  readonly everyMs?: number;
}

/**
 * Loads the file and follows it. Throws InventoryError when the first look finds it wrong.
 * It is read anew each time instead of watched: a mounted ConfigMap changes behind a link, which file events miss,
 * and a time stamp may stay the same when two writes are close.
 */
export function watchInventory(file: string, options: WatchOptions = {}): InventorySource {
  const { onReload, onRefused, registry, everyMs = 1_000 } = options;
  // What is not there is read once more, for the error that says why.
  const load = (text: string | undefined) =>
    text === undefined ? loadInventory(file, registry) : parseInventory(text, file, registry);
  let seen = textOf(file);
  let good = load(seen);
  const timer = setInterval(() => {
    const text = textOf(file);
    if (text === seen) return;
    seen = text;
    try {
      good = load(text);
    } catch (error) {
      if (!(error instanceof InventoryError)) throw error;
      onRefused?.(error);
      return;
    }
    onReload?.(good);
  }, everyMs);
  timer.unref();
  return { current: () => good, close: () => clearInterval(timer) };
}

/** Undefined while the file cannot be read. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
