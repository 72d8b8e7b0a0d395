/** What the crash cases of all tool-store scenarios have in common: stores of their own. */
import type { StoreStack } from '../../store-stack.ts';
import type { CrashCase, Wreck } from '../case.ts';
import { storesPlace } from '../places.ts';

/** `wreck` damages a new store of the stack. Cancelled at `cancelAt`, everything must be as it was. */
export const storesCase = (
  scenario: string,
  wreck: (stack: StoreStack) => Promise<Wreck>,
  cancelAt?: string,
): CrashCase<StoreStack> => ({ scenario, place: storesPlace, cancelAt, wreck });
