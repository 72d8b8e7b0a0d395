/** Where the members of a service work now: which node takes the writes, which side has the requests, which one the names lead to. */
import { isThere, sideOf as sideOfSwitch } from '../../domain/dns/judge-zone.ts';
import { isPrimary, isStandby } from '../../domain/postgres/node-report.ts';
import { isMaster, isReplica } from '../../domain/redis/node-report.ts';
import type { Member, MemberKind, Whereabouts } from '../../domain/service/words.ts';
import { sharesOf } from '../../domain/traffic/split.ts';
import { isLive } from '../../domain/traffic/words.ts';
import { dnsZone, lookAtServers } from '../dns/target.ts';
import type { Ports } from '../ports/index.ts';
import { lookAt } from '../postgres/cluster-view.ts';
import { postgresTarget } from '../postgres/target.ts';
import { lookAtAll as lookAtRedis, redisTarget } from '../redis/target.ts';
import { lookAtAll as lookAtProxies, sidesOf, trafficTarget } from '../traffic/target.ts';

type Look = (ports: Ports, target: string, signal?: AbortSignal) => Promise<Omit<Whereabouts, 'target'>>;

/** Never fails for what a server does or does not do: who is silent is told so. Reads only. */
export const whereabouts = (ports: Ports, members: readonly Member[], signal?: AbortSignal): Promise<Whereabouts[]> =>
  Promise.all(members.map(async ({ target, kind }) => ({ target, ...(await looks[kind](ports, target, signal)) })));

const looks: Readonly<Record<MemberKind, Look>> = {
  async postgres(ports, id, signal) {
    const target = postgresTarget(ports, id);
    const reports = await Promise.all(target.nodes.map((node) => lookAt(ports, target, node, signal)));
    const following = reports.filter(isStandby).filter(({ role }) => role.isStreaming);
    return writers(reports, reports.filter(isPrimary), following);
  },
  async redis(ports, id, signal) {
    const reports = await lookAtRedis(ports, redisTarget(ports, id), signal);
    const following = reports.filter(isReplica).filter(({ role }) => role.isLinked);
    return writers(reports, reports.filter(isMaster), following);
  },
  async traffic(ports, id, signal) {
    const settings = trafficTarget(ports, id);
    const live = (await lookAtProxies(ports, settings, signal)).filter(isLive);
    const leads = live.map(({ servers }) => {
      const whole = Object.entries(sharesOf(servers, sidesOf(settings))).find(([, share]) => share === 100);
      return whole?.[0];
    });
    return agreed(leads, 'has the requests');
  },
  async 'dns-zone'(ports, id, signal) {
    const zone = dnsZone(ports, id);
    const answers = (await lookAtServers(ports, zone, zone.switches, signal)).filter(isThere);
    const leads = answers.flatMap(({ sets }) => zone.switches.map((one, n) => sideOfSwitch(one, sets[n]!)));
    return agreed(leads, 'is where the names lead');
  },
};

interface Node {
  readonly node: string;
}

function writers(all: readonly Node[], writing: readonly Node[], following: readonly Node[]): Omit<Whereabouts, 'target'> {
  const names = writing.map(({ node }) => node);
  if (names.length !== 1) return { said: names.length === 0 ? 'nobody takes writes' : `${names.join(' and ')} take writes` };
  const away = all.filter((one) => ![...writing, ...following].includes(one)).map(({ node }) => node);
  return { lead: names[0], away, said: `${names[0]} takes writes` };
}

/** One answer of all that answered. */
function agreed(leads: readonly (string | undefined)[], does: string): Omit<Whereabouts, 'target'> {
  const [first, ...others] = new Set(leads);
  if (leads.length === 0) return { said: 'nobody answers' };
  if (first === undefined || others.length > 0) {
    return { said: `${[...new Set(leads)].map((lead) => lead ?? 'none of the sides').join(' and ')}, not one side` };
  }
  return { lead: first, said: `${first} ${does}` };
}
