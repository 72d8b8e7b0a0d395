/** Places of sweeps: the product as it is, with real targets of a kind. */
import { startTrafficStack } from '../haproxy/stack.ts';
import { startStoreStack, type RunWorker, type StoreStack } from '../store-stack.ts';
import type { TemporalServer } from '../temporal-server.ts';
import type { Place } from './case.ts';

type Stack = Pick<StoreStack, 'inventoryFile' | 'data' | 'stop'>;

/** On a stack that `start` makes, with its `first` target: the API reads the inventory as it starts, and there is none before. */
export const productPlace = <S extends Stack>(
  start: (server: TemporalServer, runWorker: RunWorker) => Promise<S>,
  first: (stack: S) => Promise<unknown>,
): Place<S> => ({
  world: new URL('./worlds/product.ts', import.meta.url),
  lanes: [],
  async open(server, runWorker) {
    const stack = await start(server, runWorker);
    await first(stack);
    return {
      stack,
      env: { OKIAGARI_INVENTORY: stack.inventoryFile, OKIAGARI_DATA: stack.data },
      stop: () => stack.stop(),
    };
  },
});

/** With tool stores, and with whatever a case declares. */
export const storesPlace = productPlace(startStoreStack, (stack) => stack.store());

export const proxiesPlace = productPlace(startTrafficStack, (stack) => stack.store());
