/** All the leases of one recovery: taken in one order, and looked at before every effect. */
import type { Holder } from '../../domain/lease.ts';
import type { Text } from '../../domain/text.ts';
import { holdLease, type HeldLease } from './lease.ts';
import type { Run } from './run.ts';

/**
 * Holds several targets, or none. The order is the caller's and the same for everybody, so that of two who want
 * the same targets one gets them all; who cannot have one gives back those it has.
 */
export async function holdLeases(targets: readonly string[], holder: Holder, waits?: (why: Text) => void): Promise<HeldLease[]> {
  const held: HeldLease[] = [];
  try {
    for (const target of targets) held.push(await holdLease(target, holder, waits));
    return held;
  } catch (error) {
    for (const lease of held) await lease.release();
    throw error;
  }
}

/** Asked before every effect. A lease that is no child of this run is looked at: an outer recovery's, or one from before a Reset. */
export async function isLeaseLost({ id, start, kernel, leases, isKernel2 }: Run): Promise<boolean> {
  if (leases.some((lease) => lease.lost())) return true;
  if (!isKernel2) return false;
  const { target, parent } = start;
  const others = leases.filter(({ adopted }) => adopted).map((lease) => lease.target);
  for (const other of parent?.leases.includes(target) ? [...others, target] : others) {
    if ((await kernel.leaseHolder({ target: other }))?.id !== (parent?.root ?? id)) return true;
  }
  return false;
}
