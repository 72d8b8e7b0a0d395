/** A drill as a crash case: home is cut off once, is there again in the end, and what was moved is at the other side, or where it was. */
import { startRegion, type RegionBed } from '../../region/bed.ts';
import { startStoreStack } from '../../store-stack.ts';
import type { CrashCase, Wreck } from '../case.ts';

/** What a drill changes, and keeps. What it only looks at is asked again, and the move inside is in the sweep of region-failover. */
const only = ['isolateHome', 'liftIsolation', 'planWayHome'];
/** Times are no affair of a sweep. */
const options = { drill: { fields: { requests: 10, tolerance: 100 } } };

/** Cancelled at `cancelAt`, home must be there again and all of it where it was. */
export const drillCase = (cancelAt?: string): CrashCase => ({
  ...{ scenario: 'region-drill', only },
  world: new URL('../worlds/product.ts', import.meta.url),
  ends: cancelAt === undefined ? 'recovered' : 'rolled-back',
  ...(cancelAt !== undefined && { cancelAt }),
  async open(server, runWorker) {
    const stack = await startStoreStack(server, runWorker);
    // The API reads the inventory as it starts, and there is none before the first service.
    let last = await startRegion(stack, options);
    return {
      env: { OKIAGARI_INVENTORY: stack.inventoryFile, OKIAGARI_DATA: stack.data },
      async wreck() {
        await last.stop();
        last = await startRegion(stack, options);
        return wreck(last, cancelAt === undefined ? 'dr' : 'home');
      },
      async stop() {
        await stack.stop();
        await last.stop();
      },
    };
  },
});

function wreck(bed: RegionBed, side: 'home' | 'dr'): Wreck {
  const serial = bed.names.serial();
  const [name, split] = side === 'dr' ? ['dr-api.shodo.test.', /, dr 100 ready$/] : ['prod-api.shodo.test.', /^prod 100 ready, /];
  // There, and back.
  const wantedChanges = side === 'dr' ? 1 : 2;
  return {
    target: bed.id,
    input: {},
    watch: () => undefined,
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
