/** The verbs of going back to a moment, each with the sentence it leaves in the ledger. */
import type { z } from 'zod';
import type { Comparison, FoundMoment, PostgresPitrActivities } from '../../activities/postgres/pitr/interface.ts';
import { postgresPitrInput } from '../../contracts/inputs/postgres-pitr.ts';
import type { PostgresFacts } from '../../domain/postgres/facts.ts';
import type { Said } from '../kit/attempt.ts';
import type { Changed } from '../kit/change.ts';
import type { Recovery } from '../kit/words.ts';
import { compared, restored, seated, stopped } from './postgres-pitr-sentences.ts';
import type { NewPrimary } from './postgres-sentences.ts';

type Wish = z.infer<typeof postgresPitrInput>;
type Stopped = Changed<unknown>;

export function pointInTime(r: Recovery) {
  const { target, id: recovery } = r;
  const on = r.on<PostgresPitrActivities>();
  const { nodes } = r.facts<PostgresFacts>();

  return {
    /** Nothing is done before it is known that the moment can be reached. */
    find: (input: Wish) =>
      r.step(
        'find the moment',
        async (wish: Wish): Promise<Said<FoundMoment>> => {
          const found = await on.patient.findPostgresMoment({ target, recovery, wish });
          return { value: found, sentence: found.sentence, evidence: { ref: found.ref, backup: found.backup } };
        },
        { amend: { input, schema: postgresPitrInput } },
      ),

    /** Nothing where a database is put back that is there already. */
    async restoreBeside({ ref: plan, backup }: FoundMoment): Promise<void> {
      if (backup === undefined) return;
      await r.act<void>('restore beside', {
        would: { en: `Would restore ${backup} beside production.`, ja: `${backup} を本番の隣に復元する予定。` },
        dry: undefined,
        act: async () => restored(backup, await on.patient.restorePostgresBeside({ target, recovery, plan })),
        undo: () => Promise.resolve({ activity: 'removePostgresBeside', input: { target, plan } }),
      });
    },

    async compare({ backup }: FoundMoment): Promise<Comparison | undefined> {
      if (backup === undefined) return undefined;
      const comparison = await r.act<Comparison | undefined>('compare', {
        would: { en: 'Would compare the restored copy with production.', ja: '復元した複製を本番と比較する予定。' },
        dry: undefined,
        act: async () => compared(await on.patient.comparePostgresBeside({ target, recovery })),
      });
      if (comparison?.backMs !== undefined) r.lost(comparison.backMs);
      return comparison;
    },

    /** With the difference before their eyes, people decide; then every node is stopped. Taken back, those that ran run again. */
    stopAll: ({ ref: moment }: FoundMoment, comparison: Comparison | undefined): Promise<Stopped> =>
      r.change('stop the cluster', {
        gate: 'cut-over',
        plan: () => on.patient.planPostgresCutOver({ target, recovery, moment, comparison: comparison?.ref }),
        apply: async (plan) => stopped(await on.patient.applyPostgresCutOver({ target, recovery, plan: plan.ref })),
        undo: (plan) => ({ activity: 'undoPostgresCutOver', input: { target, recovery, plan: plan.ref } }),
      }),

    /** Without proof nothing is replaced; two approvers together may decide otherwise. */
    async proveStopped({ plan, receipt }: Stopped): Promise<void> {
      if (receipt === undefined) return;
      await r.guard('prove the stop', () => on.patient.provePostgresStopped({ target, plan: plan.ref }));
    },

    cutOver: ({ plan }: Stopped) =>
      r.act<NewPrimary>('cut over', {
        would: { en: 'Would put the other database in place and let it take writes.', ja: 'データベースを置き換える予定。' },
        dry: { node: nodes[0]!, timeline: 0, already: false },
        act: async () => seated(await on.patient.seatPostgres({ target, recovery, plan: plan.ref })),
        undo: () => Promise.resolve({ activity: 'unseatPostgres', input: { target, recovery, plan: plan.ref } }),
      }),

    async removeCopy({ backup }: FoundMoment): Promise<void> {
      if (backup === undefined) return;
      await r.act<void>('remove the copy', {
        would: { en: 'Would remove what is left of the restored copy.', ja: '復元した複製の残りを削除する予定。' },
        dry: undefined,
        act: async () => {
          await on.patient.removePostgresBeside({ target });
          return { value: undefined, sentence: { en: 'Nothing of it lies beside production.', ja: '作業領域を空にしました。' } };
        },
        skip: { value: undefined },
      });
    },

    /** The others take the place of their files too: from there it only goes forward. */
    async noWayBack({ node }: NewPrimary): Promise<void> {
      if (nodes.length < 2) return;
      await r.pointOfNoReturn({
        en: `From here on the others are copied from ${node}: there is no way back but another recovery.`,
        ja: `ここから他のノードを ${node} から再構築します。戻すには別の復旧が必要です。`,
      });
    },
  };
}
