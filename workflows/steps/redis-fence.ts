/** The verbs before a Redis failover takes over: who it will be, the fence with its proof, and what is lost. */
import type { z } from 'zod';
import type { RedisAssessment, RedisFailoverActivities, RedisFencePlan } from '../../activities/redis/failover/interface.ts';
import { redisFailoverInput } from '../../contracts/inputs/redis-failover.ts';
import { planOfLoss, type Loss } from '../../domain/redis/judge-loss.ts';
import type { Text } from '../../domain/text.ts';
import type { Said } from '../kit/attempt.ts';
import type { Recovery } from '../kit/words.ts';

type Wanted = z.infer<typeof redisFailoverInput>;

/** `isOnlyPlanned`: a dry run fences nobody, and has nothing to prove. */
export type RedisFence = RedisFencePlan & { readonly isOnlyPlanned: boolean };

export function redisFence(r: Recovery) {
  const { target } = r;
  const on = r.on<RedisFailoverActivities>();

  return {
    assess: ({ mode, promote }: Wanted) =>
      r.step<RedisAssessment, Pick<Wanted, 'promote'>>(
        'assess',
        async (input) => {
          const found = await on.patient.assessRedis({ target, mode, ...input });
          return { value: found, sentence: found.sentence, evidence: { ...found, sentence: undefined } };
        },
        { amend: { input: { promote }, schema: redisFailoverInput.pick({ promote: true }) } },
      ),

    async fence(mode: Wanted['mode'], { successor }: RedisAssessment): Promise<RedisFence> {
      let planned: RedisFencePlan | undefined;
      const { plan, receipt } = await r.change<readonly string[]>('fence', {
        gate: 'fence',
        plan: async () => {
          planned = await on.patient.planRedisFence({ target, recovery: r.id, mode, successor });
          return planned.plan;
        },
        apply: async ({ ref, digest }) => fenced((await on.patient.applyRedisFence({ target, plan: ref, digest })).fenced),
        undo: ({ ref }) => ({ activity: 'undoRedisFence', input: { target, plan: ref } }),
      });
      return { ...planned!, plan, isOnlyPlanned: plan.size.items > 0 && receipt === undefined };
    },

    prove: ({ plan, isOnlyPlanned }: RedisFence): Promise<void> =>
      isOnlyPlanned
        ? r.step<void>('prove the fence', () => Promise.resolve({ value: undefined, outcome: 'planned', sentence: wouldProve }))
        : r.guard('prove the fence', () => on.patient.proveRedisFence({ target, plan: plan.ref })),

    /** Nobody is asked where nothing is lost. What somebody promoted by hand is lost already. */
    async agreeToLoss({ successor, isMaster }: RedisAssessment, { plan, isOnlyPlanned }: RedisFence): Promise<Loss> {
      const loss = await r.step('look at the loss', async (): Promise<Said<Loss>> => {
        if (isOnlyPlanned) return { value: { sentence: lossLater }, outcome: 'planned', sentence: lossLater };
        const found = await on.patient.lookAtRedisLoss({ target, plan: plan.ref });
        return { value: found, sentence: found.sentence, evidence: { bytes: found.bytes ?? 'unknown' } };
      });
      if (loss.bytes === 0) r.lost(0);
      else if (!isMaster) await r.consent('agree to the loss', 'loss', planOfLoss(loss, { target, successor }));
      return loss;
    },
  };
}

const fenced = (nodes: readonly string[]): Said<readonly string[]> => ({
  value: nodes,
  sentence: { en: `${nodes.join(', ')} takes no writes any more.`, ja: `${nodes.join('、')} の書き込みを止めました。` },
});

const wouldProve: Text = {
  en: 'Would prove that nobody else takes writes.',
  ja: '他に書き込み可能なノードがないことを証明する予定。',
};
const lossLater: Text = {
  en: 'What would be lost is known once the old master takes no writes.',
  ja: '損失は旧マスターの書き込みを止めた後に判明します。',
};
