/** A service of requests and names as crash cases: both are moved together, or are exactly where they were; the zone changes once. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ttl } from '../../dns/settings.ts';
import { startRegion, type RegionBed } from '../../region/bed.ts';
import type { StoreStack } from '../../store-stack.ts';
import type { CrashCase, Wreck } from '../case.ts';
import { storesPlace } from '../places.ts';

interface RegionCase {
  readonly scenario: 'region-failover' | 'region-failback';
  /** Cancelled there, all of it must be as before. */
  readonly cancelAt?: string;
}

/** What a move itself does; what it does through its members is in their own sweeps. */
const only = ['planServiceMove', 'activateSide', 'deactivateSide', 'proveSide', 'watchSide', 'verifyServiceMove'];

let made = 0;

export const regionCase = ({ scenario, cancelAt }: RegionCase): CrashCase<StoreStack> => ({
  ...{ scenario, place: storesPlace, only, cancelAt },
  async wreck(stack) {
    const active = join(stack.folder, `active-${++made}`);
    const command = { run: ['touch', active], undo: ['rm', '-f', active] };
    const bed = await startRegion(stack, { dr: { activate: command } });
    if (scenario === 'region-failback') await leadAway(bed);
    return wreck(bed, active, ends[cancelAt === undefined ? scenario : 'taken back']);
  },
});

interface End {
  readonly side: 'home' | 'dr';
  readonly split: RegExp;
  /** So often the zone is changed: planned, the TTL is lowered before and restored after. */
  readonly changes: number;
  readonly isActive: boolean;
}

const ends: Readonly<Record<RegionCase['scenario'] | 'taken back', End>> = {
  'region-failover': { side: 'dr', split: /^prod \d+ drain, dr 100 ready$/, changes: 1, isActive: true },
  'region-failback': { side: 'home', split: /^prod 100 ready, dr \d+ drain$/, changes: 3, isActive: false },
  'taken back': { side: 'home', split: /^prod 100 ready, dr 0 ready$/, changes: 2, isActive: false },
};

/** As a move before has left it. */
async function leadAway({ proxies, names }: RegionBed): Promise<void> {
  for (const proxy of proxies.proxies) {
    await proxy.ask('set server be/dr weight 100');
    await proxy.ask('set server be/prod weight 0');
  }
  names.nsupdate(
    ...['update delete api.shodo.test. CNAME', `update add api.shodo.test. ${ttl} CNAME dr-api.shodo.test.`],
    ...['update delete www.shodo.test. A', `update add www.shodo.test. ${ttl} A 198.51.100.10`],
  );
}

async function wreck(bed: RegionBed, active: string, wanted: End): Promise<Wreck> {
  const serial = bed.names.serial();
  const name = wanted.side === 'dr' ? 'dr-api.shodo.test.' : 'prod-api.shodo.test.';
  return {
    target: bed.id,
    input: {},
    stop: () => bed.stop(),
    async faults() {
      const now = await bed.whereUsersGo();
      const changes = bed.names.serial() - serial;
      const isActive = existsSync(active);
      return [
        ...now.names.flatMap((one) => (one === name ? [] : [`a server says ${one}`])),
        ...(wanted.split.test(now.split) ? [] : [`the proxy has ${now.split}`]),
        ...(changes === wanted.changes ? [] : [`the zone was changed ${changes} times`]),
        ...(isActive === wanted.isActive ? [] : [`the side is ${isActive ? '' : 'not '}active`]),
      ];
    },
  };
}
