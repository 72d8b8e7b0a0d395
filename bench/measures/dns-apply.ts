/** A planned change of names, applied until every authoritative server answers anew, next to nsupdate and asking each of them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startNameServers, type NameServers } from '../../test/support/dns/servers.ts';
import { zoneActivities } from '../../test/support/dns/zone-activities.ts';
import type { Measure } from '../measure.ts';
import { sideBySide, timed } from '../side-by-side.ts';

const values = { dr: 'dr-api.shodo.test.', home: 'prod-api.shodo.test.' } as const;
type Side = keyof typeof values;
/** Of two changes within a second the secondary hears of the second one only then, whoever made it. */
const restMs = 1_500;

export const dnsApply: Measure = {
  id: 'dns-apply',
  title: 'A change of names applied → every authoritative server answers anew',
  unit: 'ms',
  goal: 'at most 2 × nsupdate and asking each server until it does',
  meets: ({ ratio }) => ratio !== undefined && ratio <= 2,
  async run(tidy) {
    const names = await startNameServers();
    tidy.defer(() => names.stop());
    const data = mkdtempSync(join(tmpdir(), 'okiagari-bench-dns-'));
    tidy.defer(() => rmSync(data, { recursive: true, force: true }));
    const dns = zoneActivities(names, data);
    const target = 'names';
    return sideBySide({
      rounds: 20,
      warmUp: 2,
      async ours() {
        await delay(restMs);
        const wish = { target, side: 'dr', switches: ['api'], recovery: 'bench' };
        const { plan } = await dns.planDns({ ...wish, turn: 'switch', isLowered: false, force: false });
        return timed(async () => {
          const { serial } = await dns.applyDns({ target, plan: plan.ref, digest: plan.digest });
          await dns.awaitDnsServers({ target, plan: plan.ref, serial });
        });
      },
      against: {
        title: 'nsupdate, then dig at each server until it says so',
        async run() {
          await delay(restMs);
          return timed(() => byHand(names, 'home'));
        },
      },
    });
  },
};

async function byHand(names: NameServers, side: Side): Promise<void> {
  names.nsupdate('update delete api.shodo.test. CNAME', `update add api.shodo.test. 2 CNAME ${values[side]}`);
  for (const server of names.servers) {
    while (server.dig('api.shodo.test', 'CNAME')[0] !== values[side]) await delay(10);
  }
}
