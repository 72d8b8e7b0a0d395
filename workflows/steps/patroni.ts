/** The verbs of a failover that Patroni carries out, each with the sentence it leaves in the ledger. */
import type { z } from 'zod';
import type { LeaderRequest, PostgresPatroniActivities } from '../../activities/postgres/patroni/interface.ts';
import { postgresFailoverInput } from '../../contracts/inputs/postgres-failover.ts';
import type { PostgresFacts } from '../../domain/postgres/facts.ts';
import { planLoss } from '../../domain/postgres/loss-plan.ts';
import { lossOf, planStepDown } from '../../domain/postgres/patroni/patroni-plans.ts';
import type { PatroniSituation } from '../../domain/postgres/patroni/patroni-situation.ts';
import type { Said } from '../kit/attempt.ts';
import type { Recovery } from '../kit/words.ts';
import { noWayBack, promoted, type NewPrimary } from './postgres-sentences.ts';

type Wish = z.infer<typeof postgresFailoverInput>;
interface Assessed {
  /** As amended by people. */
  readonly wish: Wish;
  readonly situation: PatroniSituation;
}

interface Leader extends NewPrimary {
  /** Nobody leads yet: a dry run. */
  readonly isPlanned?: true;
}

/** Undefined facts are those of a recovery from before Patroni was known. */
export const isRunByPatroni = (r: Recovery): boolean => r.facts<PostgresFacts>().isRunByPatroni === true;

export function patroniCluster(r: Recovery) {
  const { target } = r;
  const on = r.on<PostgresPatroniActivities>();

  return {
    assess: (input: Wish) =>
      r.step('ask Patroni', async (wish: Wish) => assessed(wish, await on.patient.assessPatroni({ target, wish })), {
        amend: { input, schema: postgresFailoverInput },
      }),

    /** What Patroni does by itself comes first. */
    async waitForElection(before: Assessed): Promise<Assessed> {
      const { wish, situation } = before;
      if (situation.is !== 'expected') return before;
      const after = await r.act<Assessed>('wait for Patroni', {
        would: { en: 'Would wait for Patroni to elect a leader.', ja: 'Patroni による選出を待つ予定。' },
        dry: before,
        act: async () => assessed(wish, await on.patient.awaitPatroni({ target, wish, before: situation })),
      });
      if (after.situation.is === 'elected' && after.situation.lostMs !== undefined) r.lost(after.situation.lostMs);
      return after;
    },

    /** People are asked before a leader that takes writes is stopped, unless that is planned; and where more may be lost than the budget allows. */
    async agree({ wish, situation }: Assessed): Promise<void> {
      if (situation.is === 'move' && wish.mode !== 'switchover') {
        await r.consent('stop the leader', 'fence', planStepDown(situation));
      }
      if (situation.is !== 'stuck') return;
      const { successor: node, position } = situation;
      const loss = lossOf(situation);
      if (!loss.isWithin) await r.consent('accept the loss', 'loss', planLoss({ node, position, loss }));
      if (loss.lostMs !== undefined) r.lost(loss.lostMs);
    },

    async lead({ wish, situation }: Assessed): Promise<Leader> {
      const request = toBeAsked(situation);
      const node = 'successor' in situation ? situation.successor : 'the node that Patroni elects';
      const would = { en: `Would have ${node} lead.`, ja: `${node} をリーダーにする予定。` };
      const { timeline } = situation;
      if (request) {
        // A step of its own: whoever cancelled meanwhile is heard here, for the last time.
        await r.act<void>('point of no return', {
          ...{ would, dry: undefined },
          act: () => Promise.resolve({ value: undefined, sentence: noWayBack(node) }),
        });
      }
      await r.pointOfNoReturn(noWayBack(node));
      return r.act<Leader>('promote', {
        ...{ would, dry: { node, timeline, already: false, isPlanned: true } },
        act: async () => {
          if (!request) return promoted({ node, timeline, already: true });
          const { lostMs, ...leader } = await on.patient.askPatroniToLead({ target, wish, request });
          if (lostMs !== undefined) r.lost(lostMs);
          return promoted(leader);
        },
      });
    },

    /** Clients are led to the new leader only where nobody else takes their writes; two approvers together may decide otherwise. */
    async proveFence({ node: leader, isPlanned }: Leader): Promise<void> {
      if (isPlanned) return;
      await r.guard('prove the fence', () => on.patient.provePatroniFence({ target, leader }));
    },
  };
}

const toBeAsked = (situation: PatroniSituation): LeaderRequest | undefined =>
  situation.is === 'move' || situation.is === 'stuck' ? situation : undefined;

function assessed(wish: Wish, situation: PatroniSituation): Said<Assessed> {
  const { is, timeline, sentence } = situation;
  return { value: { wish, situation }, sentence, evidence: { is, timeline } };
}
