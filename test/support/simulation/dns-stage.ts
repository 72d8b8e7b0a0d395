/** Zones of names as a stage: what stands there and for how long others keep it, in memory under activities typed as the real ones. */
import type { CdnActivities } from '../../../activities/cdn/interface.ts';
import type { DnsActivities } from '../../../activities/dns/interface.ts';
import type { DnsZoneSettings } from '../../../contracts/dns-zone-settings.ts';
import { kinds } from '../../../contracts/kinds.ts';
import { scenarios } from '../../../contracts/scenarios.ts';
import { areSame, inWords, recordSet, type RecordSet } from '../../../domain/dns/records.ts';
import { noTakeover } from '../../../domain/dns/takeover-plan.ts';
import { headOfSwitch, keptFor, planSwitch, type DnsPlan } from '../../../domain/dns/switch-plan.ts';
import { fail } from '../../../domain/fail.ts';
import { plain } from '../../../domain/text.ts';
import type { Dice } from './dice.ts';
import { moveOfAll, type Journal } from './journal.ts';
import { WorkerDied, type Activities, type Stage, type WantedStart } from './stage.ts';
import { drawInventory } from './town.ts';

const targets = ['names', 'others'];
export const switches: DnsZoneSettings['switches'] = ['api', 'www'].map((id) => ({
  ...{ id, name: `${id}.shodo.test.`, type: 'CNAME', ttl: 60 },
  sides: { home: ['prod.shodo.test.'], dr: ['dr.shodo.test.'] },
}));
const lowered = 5;

export class NamesInMemory {
  readonly #journal: Journal;
  readonly #sets = new Map<string, RecordSet>();
  readonly #plans = new Map<string, DnsPlan>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  read = (target: string, id: string): RecordSet =>
    this.#sets.get(`${target} ${id}`) ?? recordSet('CNAME', 60, ['prod.shodo.test.']);

  write(target: string, id: string, set: RecordSet, plan: string): void {
    const before = inWords(this.read(target, id));
    this.#sets.set(`${target} ${id}`, set);
    this.#journal.effect({ target, plan, thing: id, before, after: inWords(set) });
  }

  activities(): Omit<DnsActivities, 'diagnoseDns' | 'checkDnsServers' | 'checkDnsNames' | 'checkDnsResolvers'> & CdnActivities {
    const standsAs = (target: string, which: (one: DnsPlan['sets'][number]) => RecordSet | null, plan: DnsPlan) =>
      plan.sets.filter((one) => areSame(this.read(target, one.id), which(one)));
    const seen = async ({ target, plan: ref }: { target: string; plan: string }) => {
      const plan = this.#plans.get(ref)!;
      if (standsAs(target, ({ after }) => after, plan).length < plan.sets.length) {
        throw fail('not-everywhere', plain('0 of 1 authoritative answer anew.'));
      }
      return plain('1 of 1 authoritative answer anew.');
    };
    return {
      assessDns: async ({ side, switches: named }) => {
        if (side === 'moon') throw fail('no-such-side', plain('There is no such side.'));
        return { side, switches: named ?? ['api', 'www'], sentence: plain('All answer.'), silent: [] };
      },
      planDns: async ({ target, recovery, side, switches: named, turn, isLowered }) => {
        const wanted = switches.filter(({ id }) => named.includes(id));
        const sets = wanted.map(({ id }) => this.read(target, id));
        const head = { target, zone: 'shodo.test.', recovery, recordSets: 20 };
        const plan = planSwitch(head, wanted, { sets }, { turn, side, atMost: isLowered ? lowered : undefined });
        const ref = `plans/${recovery}/${plan.digest}`;
        this.#plans.set(ref, plan);
        const shown = headOfSwitch(plan, ref);
        this.#journal.planned({ target, plan: shown, gate: turn === 'switch' ? 'dns' : 'ttl', cover: moveOfAll });
        return { plan: shown, keptMs: keptFor(plan, 0) * 1_000 };
      },
      applyDns: async ({ target, plan: ref }) => {
        const plan = this.#plans.get(ref)!;
        if (standsAs(target, ({ after }) => after, plan).length === plan.sets.length) return { already: true, serial: 1 };
        if (standsAs(target, ({ before }) => before, plan).length < plan.sets.length) {
          throw fail('plan-changed', plain('A record is another one.'));
        }
        for (const { id, after } of plan.sets) this.write(target, id, after!, ref);
        this.#mayDie();
        return { already: false, serial: 2 };
      },
      undoDns: async ({ target, plan: ref }) => {
        const ours = standsAs(target, ({ after }) => after, this.#plans.get(ref)!);
        for (const { id, before } of ours) this.write(target, id, before!, ref);
        if (ours.length > 0) this.#mayDie();
        return { restored: ours.map(({ id }) => id), kept: [] };
      },
      // None of these zones has a standby, or a CDN.
      planTakeover: ({ target }) => Promise.resolve(noTakeover(target, 'a')),
      applyTakeover: () => Promise.resolve(plain('Nobody has to.')),
      undoTakeover: () => Promise.resolve(),
      purgeCdn: async () => ({ already: true, sentence: plain('There is none.') }),
      awaitCdn: async () => plain('There is none.'),
      awaitDnsServers: seen,
      awaitDnsResolvers: seen,
      verifyDns: async ({ target, side, switches: named }) => {
        const wanted = switches.filter(({ id }) => named.includes(id));
        const ok = wanted.every(({ id, type, ttl, sides }) => areSame(this.read(target, id), recordSet(type, ttl, sides[side]!)));
        return [{ id: 'authoritative', ok, sentence: plain(ok ? 'They stand so.' : 'They do not.') }];
      },
    };
  }

  /** A change of a zone is whole or not there. */
  #mayDie(): void {
    if (this.#journal.call?.fate.endsWith('half-way')) throw new WorkerDied('right after an effect');
  }
}

export function dnsStage(dice: Dice, journal: Journal): Stage {
  const registry = { kinds, scenarios };
  const inventory = drawInventory(
    dice,
    ['dns', 'ttl'],
    (approvals) => {
      const provider = '{ kind: rfc2136, key: { name: k, secret: { env: KEY } } }';
      const fields = `kind: dns-zone, zone: shodo.test, servers: [{ id: a, host: a }], provider: ${provider}`;
      const line = (id: string) => `  - { id: ${id}, ${fields}, switches: ${JSON.stringify(switches)}, approvals: ${approvals} }`;
      return ['targets:', ...targets.map(line)].join('\n');
    },
    registry,
  );
  const names = new NamesInMemory(journal);
  const wish = () => ({ side: dice.pick(['dr', 'dr', 'dr', 'home', 'moon']), planned: dice.chance(0.5) });
  const start = (target: string): WantedStart => ({ scenario: 'dns-switch', target, input: wish() });
  return {
    ...registry,
    inventory,
    activities: { ...names.activities(), takeDnsBackup: async () => ({}) } satisfies Activities,
    root: start('names'),
    rival: () => start(dice.pick(targets)),
    // Nobody backs up names; it stands in the way all the same.
    takeBackup: 'takeDnsBackup',
    meddle() {
      const values = [dice.pick(['prod.shodo.test.', 'dr.shodo.test.', 'else.shodo.test.'])];
      names.write(dice.pick(targets), dice.pick(['api', 'www']), recordSet('CNAME', dice.pick([5, 60, 77]), values), '');
    },
    amendment: ({ gate }) => (gate.includes('assess') ? { side: dice.pick(['dr', 'moon']) } : { force: dice.chance(0.5) }),
  };
}
