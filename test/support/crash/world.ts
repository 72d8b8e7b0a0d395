/** What the processes of a scenario are made of; each is a module of its own that they load by its address. */
import type { Ports } from '../../../activities/ports/index.ts';
import type { Registry } from '../../../config/inventory.ts';

export interface World {
  readonly registry: Registry;
  /** File that exports the workflows; the product's when left out. */
  readonly workflows?: string;
  /** Every activity by its name. `folder` is that of the inventory. */
  readonly activities: (ports: Ports, folder: string) => object;
}

export async function loadWorld(address: string | undefined): Promise<World> {
  if (address === undefined) throw new Error('the address of a world is needed');
  const { world } = (await import(address)) as { world: World };
  return world;
}
