/** The whole outside world, as activities see it; worker/ and api/ wire the real adapters in. */
import type { Inventory } from '../../contracts/inventory.ts';
import type { RecordStore } from './records.ts';

export type { RecordStore } from './records.ts';

export interface Ports {
  /** The inventory of this moment; a wrong file keeps the last good one. */
  readonly inventory: () => Inventory;
  readonly records: RecordStore;
}
