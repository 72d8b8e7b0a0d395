/** The inventory of the moment for tests, which write the file and go on at once; read each time, parsed again only where it changed. */
import { readFileSync } from 'node:fs';
import { parseInventory, type Registry } from '../../config/inventory.ts';
import type { Inventory } from '../../contracts/inventory.ts';

/** Each call answers for the file as it is; throws InventoryError where that is wrong. */
export function inventoryOfTheMoment(file: string, registry?: Registry): () => Inventory {
  let parsed: { readonly text: string; readonly inventory: Inventory } | undefined;
  return () => {
    const text = readFileSync(file, 'utf8');
    if (parsed?.text !== text) parsed = { text, inventory: parseInventory(text, file, registry) };
    return parsed.inventory;
  };
}
