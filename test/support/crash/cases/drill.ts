/** A drill as a crash case: home is cut off once, is there again in the end, and what was moved is at the other side, or where it was. */
import { startRegion, type RegionBed } from '../../region/bed.ts';
import type { StoreStack } from '../../store-stack.ts';
import type { CrashCase, Wreck } from '../case.ts';
import { storesPlace } from '../places.ts';

/** What a drill changes, and keeps. What it only looks at is asked again, and the move inside is in the sweep of region-failover. */
const only = ['isolateHome', 'liftIsolation', 'planWayHome'];
/** Times are no affair of a sweep. */
const options = { drill: { fields: { requests: 10, tolerance: 100 } } };

/** Cancelled at `cancelAt`, home must be there again and all of it where it was. */
export const drillCase = (cancelAt?: string): CrashCase<StoreStack> => ({
  ...{ scenario: 'region-drill', place: storesPlace, only, cancelAt },
  wreck: async (stack) => wreck(await startRegion(stack, options), cancelAt === undefined ? 'dr' : 'home'),
});

function wreck(bed: RegionBed, side: 'home' | 'dr'): Wreck {
  const serial = bed.names.serial();
  const [name, split] = side === 'dr' ? ['dr-api.shodo.test.', /, dr 100 ready$/] : ['prod-api.shodo.test.', /^prod 100 ready, /];
  // There, and back.
  const wantedChanges = side === 'dr' ? 1 : 2;
  return {
    target: bed.id,
    input: {},
    stop: () => bed.stop(),
    async faults() {
      const now = await bed.whereUsersGo();
      const changes = bed.names.serial() - serial;
      const { isCut, cuts } = bed.isolation!;
      return [
        ...now.names.flatMap((one) => (one === name ? [] : [`a server says ${one}`])),
        ...(split.test(now.split) ? [] : [`the proxy has ${now.split}`]),
        ...(changes === wantedChanges ? [] : [`the zone was changed ${changes} times`]),
        ...(isCut ? ['home is cut off'] : []),
        ...(cuts === 1 ? [] : [`home was cut off ${cuts} times`]),
      ];
    },
  };
}
