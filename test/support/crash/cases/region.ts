/** A service of requests and names as crash cases: both are moved together, or are exactly where they were; the zone changes once. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ttl } from '../../dns/settings.ts';
import { startRegion, type RegionBed } from '../../region/bed.ts';
import { startStoreStack } from '../../store-stack.ts';
import type { CrashCase, Wreck } from '../case.ts';

interface RegionCase {
  readonly scenario: 'region-failover' | 'region-failback';
  /** Cancelled there, all of it must be as before. */
  readonly cancelAt?: string;
}

/** What a move itself does; what it does through its members is in their own sweeps. */
const only = ['planServiceMove', 'activateSide', 'deactivateSide', 'proveSide', 'watchSide', 'verifyServiceMove'];

export const regionCase = ({ scenario, cancelAt }: RegionCase): CrashCase => ({
  ...{ scenario, only },
  world: new URL('../worlds/product.ts', import.meta.url),
  ends: cancelAt === undefined ? 'recovered' : 'rolled-back',
  ...(cancelAt !== undefined && { cancelAt }),
  async open(server, runWorker) {
    const stack = await startStoreStack(server, runWorker);
    const folder = mkdtempSync(join(tmpdir(), 'okiagari-sides-'));
    let made = 0;
    const bed = async (): Promise<{ bed: RegionBed; active: string }> => {
      const active = join(folder, `active-${++made}`);
      const command = { run: ['touch', active], undo: ['rm', '-f', active] };
      return { bed: await startRegion(stack, { dr: { activate: command } }), active };
    };
    // The API reads the inventory as it starts, and there is none before the first service.
    let last = await bed();
    return {
      env: { OKIAGARI_INVENTORY: stack.inventoryFile, OKIAGARI_DATA: stack.data },
      async wreck() {
        await last.bed.stop();
        last = await bed();
        if (scenario === 'region-failback') await leadAway(last.bed);
        return wreck(last.bed, last.active, ends[cancelAt === undefined ? scenario : 'taken back']);
      },
      async stop() {
        await stack.stop();
        await last.bed.stop();
        rmSync(folder, { recursive: true });
      },
    };
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
    watch: () => undefined,
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
