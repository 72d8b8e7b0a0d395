/** Zones as crash cases: what happened is read from the servers, and how often from the serial. */
import type { TakenFrom } from '../../dns/settings.ts';
import { startDeclaredCdn, type Cdn } from '../../dns/cdn.ts';
import { serialAt, type NameServer } from '../../dns/servers.ts';
import { startDnsStack, type DnsStack } from '../../dns/stack.ts';
import type { CrashCase, Wreck } from '../case.ts';
import { productPlace } from '../places.ts';

interface DnsCase {
  readonly input: { readonly side: 'dr'; readonly planned?: true };
  /** So many changes the zone sees, whoever is killed. */
  readonly changes: number;
  /** How the primary takes changes; by updates when left out. */
  readonly from?: TakenFrom;
  /** The primary is gone, and its standby takes over. */
  readonly isPrimaryGone?: boolean;
  /** Before the sides stands one that was asked before. */
  readonly hasCdn?: boolean;
  /** Cancelled there, the names must stand as before. */
  readonly cancelAt?: string;
}

const place = productPlace(startDnsStack, (stack) => stack.zone());

export const dnsCase = ({ input, changes, from, hasCdn, isPrimaryGone = false, cancelAt }: DnsCase): CrashCase<DnsStack> => ({
  ...{ scenario: 'dns-switch', place, cancelAt },
  async wreck(stack) {
    let cdn: Cdn | undefined;
    const bed = await stack.zone({
      ...(from && { from }),
      async more({ resolver, standby }) {
        if (isPrimaryGone) return { standby };
        if (hasCdn !== true) return {};
        const started = await startDeclaredCdn(stack.folder, resolver);
        cdn = started.cdn;
        // A user was here before.
        await cdn.seen();
        return { cdn: started.declared };
      },
    });
    const before = bed.serial();
    if (isPrimaryGone) await bed.servers[0].stop();
    const leads = bed.servers[isPrimaryGone ? 1 : 0];
    const side = cancelAt === undefined ? 'dr' : 'home';
    return {
      ...wreck({ target: bed.id, leads, before }, { input, changes, cdn, side }),
      stop: () => Promise.all([bed.stop(), cdn?.stop()]),
    };
  },
});

const wanted = {
  home: { api: 'prod-api.shodo.test.', www: '192.0.2.10 192.0.2.11' },
  dr: { api: 'dr-api.shodo.test.', www: '198.51.100.10' },
} as const;

function wreck(
  { target, leads, before }: { readonly target: string; readonly leads: NameServer; readonly before: number },
  {
    input,
    changes,
    cdn,
    side,
  }: Pick<DnsCase, 'input' | 'changes'> & { readonly side: 'home' | 'dr'; readonly cdn: Cdn | undefined },
): Wreck {
  return {
    target,
    input,
    async faults() {
      const api = leads.dig('api.shodo.test', 'CNAME').join(' ');
      const www = leads.dig('www.shodo.test', 'A').toSorted().join(' ');
      const ttls = [leads.ttl('api.shodo.test', 'CNAME'), leads.ttl('www.shodo.test', 'A')].join();
      const serial = serialAt(leads);
      return [
        ...(api === wanted[side].api ? [] : [`api is ${api}`]),
        ...(www === wanted[side].www ? [] : [`www is ${www}`]),
        ...(ttls === '2,2' ? [] : [`the TTLs are ${ttls}`]),
        ...(cdn === undefined || ((await cdn.seen()) === (side === 'dr' ? 'elsewhere' : 'home') && cdn.purges.length === 1)
          ? []
          : [`the CDN gives ${await cdn.seen()} after the purges ${cdn.purges.join()}`]),
        ...(serial - before === changes ? [] : [`the zone was changed ${serial - before} times, not ${changes}`]),
      ];
    },
  };
}
