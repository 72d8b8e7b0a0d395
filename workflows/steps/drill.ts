/** The verbs of a drill, each with the sentence and the evidence that its score is read from. */
import type { z } from 'zod';
import type { DrillActivities, PreparedDrill } from '../../activities/drill/interface.ts';
import { regionDrillInput } from '../../contracts/inputs/region-move.ts';
import { drillSteps, type Measured } from '../../domain/drill/words.ts';
import type { Text } from '../../domain/text.ts';
import type { Said } from '../kit/attempt.ts';
import type { Recovery } from '../kit/words.ts';

type Wish = z.infer<typeof regionDrillInput>;

export function regionDrillSteps(r: Recovery) {
  const { target } = r;
  const on = r.on<DrillActivities>();

  return {
    prepare(input: Wish): Promise<PreparedDrill> {
      const look = async ({ to }: Wish): Promise<Said<PreparedDrill>> => {
        const sides = await on.patient.prepareDrill({ target, to });
        return { value: sides, sentence: prepared(sides), evidence: { ...sides } };
      };
      return r.step(drillSteps.prepare, look, { amend: { input, schema: regionDrillInput } });
    },

    /** Skipped, its criterion is not met; home is let back all the same. */
    measure: (when: 'before' | 'after', side: string) =>
      r.step<void>(
        drillSteps[when],
        async () => {
          const measured = await on.patient.measureSide({ target, side });
          return { value: undefined, sentence: answered(side, measured), evidence: { ...measured } };
        },
        { skip: { value: undefined } },
      ),

    /** Its undo is the first thing that is kept: whatever ends the drill, the next recovery included, lets home back. */
    isolate: ({ home }: PreparedDrill) =>
      r.act<void>(drillSteps.isolate, {
        would: { en: `Would cut ${home} off.`, ja: `${home} を隔離する予定。` },
        dry: undefined,
        undo: () => Promise.resolve({ activity: 'liftIsolation', input: { target } }),
        act: async () => ({ value: await on.patient.isolateHome({ target }), sentence: isolated(home) }),
      }),

    async failOver({ to, holdsData }: PreparedDrill): Promise<void> {
      // Where nothing is kept nothing can be lost; otherwise the members say how much.
      if (!holdsData) r.lost(0);
      const move = { scenario: 'region-failover', workflowType: 'regionFailover', target, input: { to, planned: false } };
      await r.recover(drillSteps.failOver, { ...move, ...(holdsData && { mayLose: true }) });
    },

    lift: ({ home }: PreparedDrill) =>
      r.act<void>(drillSteps.lift, {
        would: { en: `Would let ${home} back.`, ja: `${home} の隔離を解除する予定。` },
        dry: undefined,
        act: async () => ({ value: await on.patient.liftIsolation({ target }), sentence: lifted(home) }),
      }),

    planWayHome: () =>
      r.step<void>(
        drillSteps.wayHome,
        async () => {
          const { summary, digest, ref, size } = await on.patient.planWayHome({ target, recovery: r.id });
          return { value: undefined, sentence: summary, evidence: { digest, ref, items: size.items } };
        },
        { skip: { value: undefined } },
      ),

    verify: ({ to: side }: PreparedDrill) => r.verify(drillSteps.verify, () => on.patient.verifyDrill({ target, side })),
  };
}

const prepared = ({ home, to }: PreparedDrill): Text => ({
  en: `A sandbox, well and at ${home}: ${home} is cut off, and ${to} has to take over.`,
  ja: `サンドボックスであり、${home} で正常に稼働中です。${home} を隔離し、${to} が引き継ぎます。`,
});
const answered = (side: string, { requests, failed, medianMs, p95Ms }: Measured): Text => {
  const [en, ja] = [
    `${side} answered ${requests - failed} of ${requests} requests well`,
    `${side} は ${requests} 件中 ${requests - failed} 件に正常に応答しました`,
  ];
  if (medianMs === undefined) return { en: `${en}.`, ja: `${ja}。` };
  return {
    en: `${en}, half of them within ${medianMs} ms, 95 % within ${p95Ms} ms.`,
    ja: `${ja}(中央値 ${medianMs} ms、95 % が ${p95Ms} ms 以内)。`,
  };
};
const isolated = (home: string): Text => ({ en: `${home} is cut off.`, ja: `${home} を隔離しました。` });
const lifted = (home: string): Text => ({ en: `${home} is there again.`, ja: `${home} の隔離を解除しました。` });
