/** The verbs of a PostgreSQL failover until another node takes writes, each with the sentence it leaves in the ledger. */
import type { z } from 'zod';
import type { PostgresFailoverActivities, Successor } from '../../activities/postgres/failover/interface.ts';
import { postgresFailoverInput } from '../../contracts/inputs/postgres-failover.ts';
import { planLoss } from '../../domain/postgres/loss-plan.ts';
import type { Said } from '../kit/attempt.ts';
import type { Changed } from '../kit/change.ts';
import type { Recovery } from '../kit/words.ts';
import { chosenAs, fenced, noWayBack, promoted, type NewPrimary } from './postgres-sentences.ts';

type Wish = z.infer<typeof postgresFailoverInput>;
type Fenced = Changed<unknown, Wish>;

export function postgresCluster(r: Recovery) {
  const { target, id: recovery } = r;
  const on = r.on<PostgresFailoverActivities>();

  return {
    /** Whoever takes writes, or may do so again, is stopped and kept from it, whoever starts it. Taken back, it runs as before. */
    fence: (input: Wish) =>
      r.change('fence', {
        gate: 'fence',
        plan: (wish) => on.patient.planPostgresFence({ target, recovery, wish }),
        apply: async (plan) => fenced(await on.patient.applyPostgresFence({ target, recovery, plan: plan.ref })),
        undo: (plan) => ({ activity: 'undoPostgresFence', input: { target, recovery, plan: plan.ref } }),
        amend: { input, schema: postgresFailoverInput },
      }),

    /** Without proof nobody is promoted; two approvers together may decide otherwise. */
    async proveFence({ plan, receipt }: Fenced): Promise<void> {
      if (!isFenced({ plan, receipt })) return;
      await r.guard('prove the fence', () => on.patient.provePostgresFence({ target, plan: plan.ref }));
    },

    chooseSuccessor: ({ plan, receipt }: Fenced) =>
      r.step('choose the successor', async (): Promise<Said<Successor>> => {
        const chosen = await on.patient.choosePostgresSuccessor({
          target,
          plan: plan.ref,
          isFenced: isFenced({ plan, receipt }),
        });
        const { node, position, timeline, tail } = chosen;
        return { value: chosen, sentence: chosenAs(chosen), evidence: { node, position, timeline, ...tail } };
      }),

    /** Within the budget nobody is asked. */
    async acceptLoss(successor: Successor): Promise<void> {
      const { isWithin, lostMs } = successor.loss;
      if (!isWithin) await r.consent('accept the loss', 'loss', planLoss(successor));
      if (lostMs !== undefined) r.lost(lostMs);
    },

    async promote({ plan }: Fenced, successor: Successor): Promise<NewPrimary> {
      const { node, timeline } = successor;
      if (!successor.isPrimary) {
        // A step of its own: whoever cancelled meanwhile is heard here, for the last time.
        await r.act<void>('point of no return', {
          would: { en: `Would promote ${node}.`, ja: `${node} を昇格する予定。` },
          dry: undefined,
          act: () => Promise.resolve({ value: undefined, sentence: noWayBack(node) }),
        });
      }
      await r.pointOfNoReturn(noWayBack(node));
      return r.act<NewPrimary>('promote', {
        would: { en: `Would promote ${node}.`, ja: `${node} を昇格する予定。` },
        dry: { node, timeline, already: false },
        act: async () => {
          const done = await on.patient.promotePostgres({ target, recovery, plan: plan.ref, successor });
          return promoted({ node, ...done });
        },
      });
    },
  };
}

/** A dry run fences nobody. */
const isFenced = ({ plan, receipt }: Pick<Fenced, 'plan' | 'receipt'>): boolean => receipt !== undefined || plan.size.items === 0;
