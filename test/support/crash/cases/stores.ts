/** What the crash cases of all tool-store scenarios have in common: the product as it is, on stores of its own. */
import { startStoreStack, type StoreStack } from '../../store-stack.ts';
import type { CrashCase, Wreck } from '../case.ts';

/** `wreck` damages a new store of the stack. Cancelled at `cancelAt`, everything must be as it was. */
export const storesCase = (scenario: string, wreck: (stack: StoreStack) => Promise<Wreck>, cancelAt?: string): CrashCase => ({
  scenario,
  world: new URL('../worlds/product.ts', import.meta.url),
  ends: cancelAt === undefined ? 'recovered' : 'rolled-back',
  ...(cancelAt !== undefined && { cancelAt }),
  async open(server, runWorker) {
    const stack = await startStoreStack(server, runWorker);
    // The API reads the inventory as it starts, and there is none before the first store.
    await stack.store();
    return {
      env: { OKIAGARI_INVENTORY: stack.inventoryFile, OKIAGARI_DATA: stack.data },
      stop: () => stack.stop(),
      wreck: () => wreck(stack),
    };
  },
});
