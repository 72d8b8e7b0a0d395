/** The verbs of leading users to another side by names, each with the sentence it leaves in the ledger; other stories may use them. */
import type { z } from 'zod';
import type { DnsActivities, DnsAssessment, DnsApplied, DnsPlanned } from '../../activities/dns/interface.ts';
import { dnsSwitchInput } from '../../contracts/inputs/dns-switch.ts';
import type { Turn } from '../../domain/dns/switch-plan.ts';
import type { Text } from '../../domain/text.ts';
import type { Said } from '../kit/attempt.ts';
import type { Recovery } from '../kit/words.ts';
import { refreshCdn } from './cdn.ts';

type Input = z.infer<typeof dnsSwitchInput>;
type Wish = Pick<DnsAssessment, 'side' | 'switches' | 'takeOver'>;

interface How {
  readonly gate: string;
  readonly turn: Turn;
  readonly isLowered: boolean;
}

/** One change of names, and how long others may go on with what was there. */
export interface LedNames extends DnsPlanned {
  readonly serial: number | undefined;
  /** A dry run changed nothing, and there is nothing to be seen. */
  readonly isOnlyPlanned: boolean;
}

/** Servers, resolvers and a CDN that people gave up on. */
export interface GivenUp {
  readonly servers: boolean;
  readonly resolvers: boolean;
  readonly cdn: boolean;
}

/** `target` is a zone that the recovery holds, served by workers of its site; its own one when left out. */
export function dnsSteps(r: Recovery, target = r.target) {
  const on = r.on<DnsActivities>();
  let isForced = false;

  async function change(name: string, { side, switches }: Wish, { gate, ...how }: How): Promise<LedNames> {
    let planned: DnsPlanned | undefined;
    const { plan, input, receipt } = await r.change<DnsApplied, Pick<Input, 'force'>>(name, {
      gate,
      plan: async ({ force }) => {
        planned = await on.patient.planDns({ target, recovery: r.id, side, switches, ...how, force });
        return planned.plan;
      },
      apply: async ({ ref, digest }) => applied(await on.patient.applyDns({ target, plan: ref, digest })),
      undo: ({ ref }) => ({ activity: 'undoDns', input: { target, plan: ref } }),
      amend: { input: { force: isForced }, schema: dnsSwitchInput.pick({ force: true }) },
    });
    isForced = input.force;
    const isOnlyPlanned = plan.size.items > 0 && receipt === undefined;
    return { ...planned!, plan, serial: receipt?.serial, isOnlyPlanned };
  }

  const seen = (
    name: string,
    what: Text,
    skip: { value: boolean; breakGlass?: boolean },
    { isOnlyPlanned }: LedNames,
    look: () => Promise<Text>,
  ) =>
    r.step<boolean>(
      name,
      async (): Promise<Said<boolean>> =>
        isOnlyPlanned
          ? { value: false, outcome: 'planned', sentence: what }
          : { value: false, sentence: await r.untilCancelled(look) },
      { skip },
    );

  /** Answers whether people gave up on servers that do not answer anew. */
  const everywhere = (name: string, { takeOver }: Wish, led: LedNames): Promise<boolean> =>
    seen(name, wouldAskServers, { value: true, breakGlass: true }, led, () =>
      on.patient.awaitDnsServers({ target, plan: led.plan.ref, serial: led.serial, takenFrom: takeOver?.from }),
    );

  return {
    assess: (wish: Pick<Input, 'side' | 'switches'>) =>
      r.step<DnsAssessment, Pick<Input, 'side' | 'switches'>>(
        'assess',
        async (input) => {
          const found = await on.patient.assessDns({ target, ...input });
          return { value: found, sentence: found.sentence, evidence: { ...found, sentence: undefined } };
        },
        { amend: { input: wish, schema: dnsSwitchInput.pick({ side: true, switches: true }) } },
      ),

    force(isMeant: boolean): void {
      isForced = isMeant;
    },

    /** The primary is gone: its standby takes changes, once people let it. Nobody else asks that in a move of everything. */
    async takeOver({ takeOver }: Wish): Promise<void> {
      if (takeOver === undefined) return;
      await r.change<undefined>(`let ${takeOver.by} take changes`, {
        gate: 'takeover',
        plan: () => on.patient.planTakeover({ target }),
        apply: async ({ digest }) => ({ value: undefined, sentence: await on.patient.applyTakeover({ target, digest }) }),
        undo: () => ({ activity: 'undoTakeover', input: { target } }),
      });
    },

    /** Nobody keeps the old TTL afterwards: what is switched then is seen at once. */
    async lower(wish: Wish): Promise<void> {
      const led = await change('lower the TTL', wish, { gate: 'ttl', turn: 'lower', isLowered: true });
      await everywhere('see the lower TTL', wish, led);
      await r.wait('wait out the old TTL', led.keptMs, keptFor(led.keptMs));
    },

    /** Over when every authoritative server answers anew, nobody keeps the old answer any more, and every resolver answers anew. */
    async lead(wish: Wish, { isLowered }: { isLowered: boolean }): Promise<GivenUp> {
      const led = await change('switch', wish, { gate: 'dns', turn: 'switch', isLowered });
      const givenUp = await everywhere('see it at the servers', wish, led);
      await r.wait('wait until nobody keeps the old answer', led.keptMs, keptFor(led.keptMs));
      const resolvers = await seen('see it at the resolvers', wouldAskResolvers, { value: true }, led, () =>
        on.patient.awaitDnsResolvers({ target, plan: led.plan.ref }),
      );
      // A CDN asks by the names itself: purged before they have turned it would fetch from the old side again.
      const isChanged = led.plan.size.items > 0;
      const cdn = led.hasCdn === true && (await refreshCdn(r, { target, side: wish.side, isChanged }));
      return { servers: givenUp || wish.takeOver !== undefined, resolvers, cdn };
    },

    async restoreTtl(wish: Wish): Promise<void> {
      await change('restore the TTL', wish, { gate: 'ttl', turn: 'restore', isLowered: false });
    },

    verify: ({ side, switches }: Wish, mayBeSilent: GivenUp) => {
      // Nobody loses a write by a name.
      r.lost(0);
      return r.verify('verify', () => on.patient.verifyDns({ target, side, switches, mayBeSilent }));
    },
  };
}

const applied = (done: DnsApplied): Said<DnsApplied> => ({
  value: done,
  outcome: done.already ? 'already-done' : 'done',
  sentence: done.already
    ? { en: `It stands so already, at serial ${done.serial}.`, ja: `既に目的の状態です(シリアル ${done.serial})。` }
    : { en: `It stands so at the primary, at serial ${done.serial}.`, ja: `プライマリに反映しました(シリアル ${done.serial})。` },
  evidence: { serial: done.serial },
});

const keptFor = (ms: number): Text => ({
  en: `Somebody may keep the old answer for ${ms / 1_000} s.`,
  ja: `古い応答は最長 ${ms / 1_000} 秒間キャッシュに残ります。`,
});
const wouldAskServers: Text = {
  en: 'Would wait until every authoritative server answers anew.',
  ja: '全権威サーバーが新しい応答を返すまで待つ予定。',
};
const wouldAskResolvers: Text = {
  en: 'Would wait until every resolver answers anew.',
  ja: '全リゾルバーが新しい応答を返すまで待つ予定。',
};
