/** The verbs of moving a whole service, each with the sentence it leaves in the ledger. */
import type { z } from 'zod';
import type { MovedMember, ServiceMove, ServiceMoveActivities, Way } from '../../activities/service/interface.ts';
import { regionFailoverInput } from '../../contracts/inputs/region-move.ts';
import { coveredGates, memberMove, memberRejoin, type MemberMove } from '../../domain/service/member-move.ts';
import type { Approval } from '../../domain/messages.ts';
import { namesIn } from '../../domain/one-of.ts';
import type { Plan } from '../../domain/recovery.ts';
import type { Text } from '../../domain/text.ts';
import type { Said } from '../kit/attempt.ts';
import type { InnerRecovery } from '../kit/child.ts';
import type { Recovery } from '../kit/words.ts';

type Wish = z.infer<typeof regionFailoverInput>;
export type Move = ServiceMove & Pick<Wish, 'planned'>;

export function region(r: Recovery) {
  const { target } = r;
  const on = r.on<ServiceMoveActivities>();

  return {
    /** Only where there is a choice can it be corrected. */
    assess(way: Way, input: Wish): Promise<Move> {
      const look = async ({ to, planned }: Wish): Promise<Said<Move>> => {
        const move = await on.patient.planServiceMove({ target, way, to, planned });
        return { value: { ...move, planned }, sentence: move.plan.summary, evidence: { waves: namesOf(move) } };
      };
      if (way === 'home') return r.step('assess', () => look(input));
      return r.step('assess', look, { amend: { input, schema: regionFailoverInput } });
    },

    async activate({ to: side, activates }: Move): Promise<void> {
      if (!activates) return;
      await r.act<void>('activate the side', {
        would: { en: `Would activate ${side}.`, ja: `${side} を起動する予定。` },
        dry: undefined,
        undo: () => Promise.resolve({ activity: 'deactivateSide', input: { target, side } }),
        act: async () => ({ value: await on.patient.activateSide({ target, side }), sentence: activated(side) }),
      });
    },

    prove: ({ to: side }: Move) => r.guard('prove the side', () => on.patient.proveSide({ target, side })),

    /** Databases of the side that was away follow those that take the writes, so that they can be switched over without loss. */
    async rejoin({ waves, site, plan }: Move): Promise<void> {
      if (isThere(plan)) return;
      const away = waves.flat().flatMap(({ target: id, kind, leadNow }) => {
        const move = leadNow === undefined ? undefined : memberRejoin(kind, leadNow);
        return move === undefined ? [] : [[`rejoin ${id}`, inner(id, move, site)] as const];
      });
      if (away.length > 0) await r.recoverTogether(Object.fromEntries(away));
    },

    /** Asked once for all of it. What is not known before, such as a loss, is asked by the member itself. */
    async agree({ plan }: Move): Promise<Approval | undefined> {
      return isThere(plan) ? undefined : r.consent('agree to the move', 'move', plan);
    },

    async moveMembers({ waves, site, planned }: Move, approval: Approval | undefined): Promise<void> {
      // All of it is there, and nobody was asked.
      if (approval === undefined) return;
      const parts = waves.map((wave) =>
        wave.map((member) => {
          const { target: id, kind, lead, returning } = member;
          const move = inner(id, memberMove(kind, lead, planned), site);
          const later = returning && { later: broughtBackFirst(member, returning) };
          return [`move ${id}`, { ...move, covered: { gates: coveredGates, approval }, ...later }] as const;
        }),
      );
      await r.recoverTogether(...parts.map((wave) => Object.fromEntries(wave)));
    },

    /** Past the databases there is no way back: a side that does not bear it is mended, and watched anew. */
    watch: ({ to: side, watchMs }: Move) =>
      r.act<void>('watch the side', {
        would: { en: `Would watch ${side} for ${watchMs / 1_000} s.`, ja: `${side} を ${watchMs / 1_000} 秒間監視する予定。` },
        dry: undefined,
        act: async () => {
          const { asked, failed } = await on.patient.watchSide({ target, side, since: Date.now() });
          return { value: undefined, sentence: bore(side, asked, failed), evidence: { asked, failed } };
        },
        skip: { value: undefined },
      }),

    verify: ({ to: side }: Move) => r.verify('verify', () => on.patient.verifyServiceMove({ target, side })),
  };
}

const inner = (target: string, { mayLose, ...move }: MemberMove, site: string): InnerRecovery => ({
  ...{ ...move, target, site },
  ...(mayLose && { mayLose }),
});

const isThere = ({ size }: Plan): boolean => size.items === 0;
const namesOf = ({ waves }: ServiceMove): string[][] => waves.map((wave) => wave.map(({ target }) => target));

const broughtBackFirst = ({ lead, leadNow }: MovedMember, returning: readonly string[]): Text => ({
  en: `Would first make ${returning.join(', ')} follow ${leadNow}; the move to ${namesIn(lead).join(' or ')} is planned once that is so.`,
  ja: `先に ${returning.join('、')} を ${leadNow} に追従させる予定。${namesIn(lead).join(' または ')} への切り替えは、その後に改めて計画します。`,
});
const activated = (side: string): Text => ({ en: `${side} is activated.`, ja: `${side} を起動しました。` });
const bore = (side: string, asked: number, failed: number): Text => ({
  en: `${side} answered ${asked - failed} of ${asked} probes well.`,
  ja: `${side} は ${asked} 回中 ${asked - failed} 回正常に応答しました。`,
});
