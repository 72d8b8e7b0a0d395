/** Looks at a zone before, while and after it is changed. */
import { inWords, recordSet, type Place } from '../../domain/dns/records.ts';
import { spreadAmongResolvers, spreadAmongServers, type Spread, type Wanted } from '../../domain/dns/spread.ts';
import type { Text } from '../../domain/text.ts';
import type { Check } from '../../domain/verification.ts';
import type { Ports } from '../ports/index.ts';
import { checkCdn } from '../cdn/purge.ts';
import { readPlan } from './change.ts';
import type { DnsActivities, DnsAssessment } from './interface.ts';
import { asLedNow, takeoverOf } from './takeover.ts';
import { lookAgain, until } from '../until.ts';
import { dnsZone, type DnsZone, lookAtPrimary, lookAtResolvers, lookAtServers, switchesOf } from './target.ts';

type Input<Name extends keyof DnsActivities> = Parameters<DnsActivities[Name]>[0];

export async function assess(ports: Ports, input: Input<'assessDns'>, signal?: AbortSignal): Promise<DnsAssessment> {
  const declared = dnsZone(ports, input.target);
  const zone = await asLedNow(ports, declared, signal);
  const takeOver = takeoverOf(declared, zone);
  const switches = switchesOf(zone, input.side, input.switches);
  const { sets } = await lookAtPrimary(ports, zone, switches, signal);
  const looks = await Promise.all([lookAtServers(ports, zone, switches, signal), lookAtResolvers(ports, zone, switches, signal)]);
  const silent = looks.flat().flatMap(({ server, answers }) => (answers ? [] : [server]));
  const names = switches.slice(0, 5).map(({ name, type }, n) => `${name} ${type} ${inWords(sets[n]!)}`);
  const serials = looks[0].map((look) => `${look.server} ${look.answers ? look.serial : '–'}`).join(', ');
  const without: Text =
    silent.length === 0
      ? { en: '', ja: '' }
      : { en: ` ${silent.join(', ')} does not answer.`, ja: `${silent.join('、')} は応答しません。` };
  return {
    side: input.side,
    switches: switches.map(({ id }) => id),
    sentence: {
      en: `${names.join('; ')}. Serials: ${serials}.${without.en}`,
      ja: `${names.join('、')}。シリアル: ${serials}。${without.ja}`,
    },
    silent,
    ...(takeOver && { takeOver }),
  };
}

export async function awaitServers(ports: Ports, input: Input<'awaitDnsServers'>, signal?: AbortSignal): Promise<Text> {
  const { sets, kept } = await readPlan(ports, input.target, input.plan);
  const zone = dnsZone(ports, input.target);
  const all = [...sets, ...kept];
  const { serial, takenFrom } = input;
  return untilServersSay(ports, zone, all, { sets: all.map(({ after }) => after), serial, takenFrom }, signal);
}

/** Waits until every authoritative server answers so, as long as the zone allows; answers what they say. Reads only. Fails: not-everywhere. */
export async function untilServersSay(
  ports: Ports,
  zone: DnsZone,
  places: readonly Place[],
  wanted: Wanted,
  signal?: AbortSignal,
): Promise<Text> {
  const look = async (): Promise<Spread> => spreadAmongServers(await lookAtServers(ports, zone, places, signal), wanted);
  return until(look, zone.limits.spreadSeconds, 'not-everywhere', signal);
}

export async function awaitResolvers(ports: Ports, input: Input<'awaitDnsResolvers'>, signal?: AbortSignal): Promise<Text> {
  const { sets, kept } = await readPlan(ports, input.target, input.plan);
  const zone = dnsZone(ports, input.target);
  const all = [...sets, ...kept];
  const wanted = { sets: all.map(({ after }) => after) };
  const look = async (): Promise<Spread> => spreadAmongResolvers(await lookAtResolvers(ports, zone, all, signal), wanted);
  return until(look, zone.limits.spreadSeconds, 'not-seen', signal);
}

/** The last change may still be on its way to the other servers. */
export async function verify(ports: Ports, input: Input<'verifyDns'>, signal?: AbortSignal): Promise<Check[]> {
  const zone = dnsZone(ports, input.target);
  const switches = switchesOf(zone, input.side, input.switches);
  const wanted = { sets: switches.map(({ type, ttl, sides }) => recordSet(type, ttl, sides[input.side]!)) };
  const deadline = performance.now() + zone.limits.spreadSeconds * 1_000;
  // None where no CDN is led, or where people gave up on it.
  const cdn = zone.cdn && !input.mayBeSilent.cdn && input.switches.includes(zone.cdn.switch) ? zone.cdn : undefined;
  for (let n = 0; ; n++) {
    const servers = spreadAmongServers(await lookAtServers(ports, zone, switches, signal), wanted);
    const resolvers = spreadAmongResolvers(await lookAtResolvers(ports, zone, switches, signal), wanted);
    const checks: Check[] = [
      asCheck('authoritative', servers, input.mayBeSilent.servers && servers.isAnywhere),
      ...(zone.resolvers.length === 0 ? [] : [asCheck('resolvers', resolvers, input.mayBeSilent.resolvers)]),
      ...(cdn ? [await checkCdn(ports, cdn, input.side, signal)] : []),
    ];
    if (checks.every(({ ok }) => ok) || performance.now() > deadline) return checks;
    await lookAgain(n, signal);
  }
}

const asCheck = (id: string, { isEverywhere, isOnlySilent, sentence }: Spread, mayBeSilent: boolean): Check => ({
  id,
  ok: isEverywhere || (mayBeSilent && isOnlySilent),
  sentence,
});
