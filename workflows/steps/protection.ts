/** The verbs of a protection against floods, each with the sentence it leaves in the ledger. */
import type { z } from 'zod';
import type { Assessed, Held, ProtectionActivities } from '../../activities/protection/interface.ts';
import { ddosMitigationInput } from '../../contracts/inputs/ddos-mitigation.ts';
import { fail } from '../../domain/fail.ts';
import { ratesText, type RateSample } from '../../domain/protection/rates.ts';
import type { Recovery } from '../kit/words.ts';
import { asFound, asHeld, asLowered, asRaised, goesOn, providerTook, wouldBe } from './protection-sentences.ts';

type Wish = z.infer<typeof ddosMitigationInput>;

interface Situation extends Assessed {
  readonly wish: Wish;
}

/** A stretch of holding grows with the time it lasts, so that the history stays short. */
const stretch = { leastMs: 2_000, mostMs: 120_000, part: 0.05 } as const;

export function protectionOf(r: Recovery) {
  const on = r.on<ProtectionActivities>();
  const { target } = r;
  /** Records of what was raised, the newest last. */
  const plans: string[] = [];
  let stage = 0;

  async function raiseStage({ wish }: Situation): Promise<void> {
    const before = [...plans];
    await r.change<void>(`raise stage ${stage}`, {
      gate: 'protect',
      // Those that people named are denied from the first stage on.
      plan: () => on.patient.planProtection({ target, recovery: r.id, stage, deny: stage === wish.stage ? wish.deny : [] }),
      apply: async ({ ref, summary }) => {
        plans.splice(0, Infinity, ...before, ref);
        return asRaised(summary, await on.patient.applyProtection({ target, plans }));
      },
      undo: ({ ref }) => ({ activity: 'undoProtection', input: { target, plan: ref, plans: [...before, ref] } }),
    });
  }

  async function tellToRaise(): Promise<void> {
    const input = { target, plans: [...plans], recovery: r.id, stage };
    await r.act<void>(`tell the provider, stage ${stage}`, {
      would: wouldBe.told,
      dry: undefined,
      undo: async () => ({ activity: 'tellProvider', input: { ...input, action: 'lower' } }),
      act: async () => {
        await on.patient.tellProvider({ ...input, action: 'raise' });
        return { value: undefined, sentence: providerTook };
      },
      skip: { value: undefined },
    });
  }

  /** Whether it is enough. After the last stage that it is not is a failed step. */
  const watch = (isLast: boolean): Promise<boolean> =>
    r.act<boolean>(`watch stage ${stage}`, {
      would: wouldBe.watched,
      dry: true,
      act: async () => {
        const since = await on.patient.sampleProtection({ target });
        const { why, rates } = await r.untilCancelled(() => on.patient.watchProtection({ target, since }));
        if (why && isLast) throw fail('still-too-much', why);
        return { value: why === undefined, sentence: why ?? ratesText(rates), evidence: { ...rates } };
      },
      skip: { value: true },
    });

  async function climb(situation: Situation): Promise<void> {
    for (; ; stage++) {
      await raiseStage(situation);
      if (situation.hasHook) await tellToRaise();
      if (await watch(stage >= situation.stages)) return;
    }
  }

  return {
    /** Answers with the wish as people may have corrected it. */
    assess: (input: Wish): Promise<Situation> =>
      r.step<Situation, Wish>(
        'assess',
        async (wish) => {
          const found = await on.patient.assessProtection({ target, ...wish });
          return { value: { ...found, wish }, sentence: asFound(found), evidence: { worst: found.worst } };
        },
        { amend: { input, schema: ddosMitigationInput } },
      ),

    /** Stage by stage, until it is enough; users are served then, and the clock of the recovery stops. */
    async raise(situation: Situation): Promise<void> {
      if (stage === 0) {
        stage = situation.wish.stage;
        await climb(situation);
      } else if (stage < situation.stages) {
        stage += 1;
        await climb(situation);
      } else await watch(true);
      await r.mitigated('prove the protection', () => on.patient.checkProtection({ target, plans }));
    },

    /** Holds until it is calm for as long as the inventory says; false where it is no longer enough. */
    async hold({ atMostMs }: Situation): Promise<boolean> {
      let held: Held | undefined;
      let began: number | undefined;
      const startOf = async (): Promise<{ calmSince: number; since: RateSample }> => {
        if (held) return held;
        const since = await on.patient.sampleProtection({ target });
        return { since, calmSince: since.at };
      };
      const holdOn = async (): Promise<Held> => {
        const lasts = Date.now() - (began ??= Date.now());
        if (lasts >= atMostMs) {
          began = undefined;
          throw fail('attack-goes-on', goesOn(lasts));
        }
        const { calmSince, since } = await startOf();
        const ms = Math.min(stretch.mostMs, Math.max(stretch.leastMs, lasts * stretch.part));
        const next = await r.untilCancelled(() => on.patient.holdProtection({ target, plans, calmSince, since, ms }));
        // A proxy that was restarted without its files gets it again.
        if (next.state === 'lost') await on.patient.applyProtection({ target, plans });
        return next;
      };
      do {
        held = await r.act<Held | undefined>('hold', {
          would: wouldBe.held,
          dry: undefined,
          act: async () => asHeld(await holdOn()),
          skip: { value: undefined },
        });
      } while (held && held.state !== 'calm' && held.state !== 'loud');
      return held?.state !== 'loud';
    },

    /** To exactly what was there before the first stage. */
    async lower({ hasHook }: Situation): Promise<void> {
      await r.act<void>('lower', {
        would: wouldBe.lowered,
        dry: undefined,
        act: async () => asLowered(await on.patient.undoProtection({ target, plan: plans[0], plans })),
      });
      if (!hasHook) return;
      await r.act<void>('tell the provider to lower', {
        would: wouldBe.toldToLower,
        dry: undefined,
        act: async () => {
          await on.patient.tellProvider({ target, plans, recovery: r.id, stage, action: 'lower' });
          return { value: undefined, sentence: providerTook };
        },
        skip: { value: undefined },
      });
    },

    verify: () => r.verify('verify', () => on.patient.checkLowered({ target, plans })),
  };
}
