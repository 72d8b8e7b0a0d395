/** The verbs of a shift of requests to another side, each with the sentence it leaves in the ledger. */
import type { z } from 'zod';
import type { Drained, PlannedShift, Reverted, TrafficShiftActivities, Watched } from '../../activities/traffic/interface.ts';
import { trafficShiftInput } from '../../contracts/inputs/traffic-shift.ts';
import { fail } from '../../domain/fail.ts';
import type { Text } from '../../domain/text.ts';
import type { Figures, Sample } from '../../domain/traffic/judge-watch.ts';
import { splitNow } from '../../domain/traffic/split.ts';
import type { Said } from '../kit/attempt.ts';
import { tellFailure } from '../kit/ending.ts';
import type { Recovery } from '../kit/words.ts';
import { refreshCdn } from './cdn.ts';

type Wish = z.infer<typeof trafficShiftInput>;

/** A plan that is carried out, with the side that gains. */
export interface Shift extends PlannedShift {
  readonly side: string;
}

interface Climbed extends Watched {
  readonly unsaved: readonly string[];
}

/** `target`: proxies that are served by the same workers as the recovery's own target. */
export function trafficOf(r: Recovery, target: string = r.target) {
  const on = r.on<TrafficShiftActivities>();
  /** Percent at which the side was watched well since the split was that of before. */
  let reached = 0;
  /** What the proxies had counted before the side got anything: lost requests are told from there. */
  let beginning: Sample | undefined;

  /** Up to a percentage, from where we are: after a way back that is the first step again. */
  async function climb(shift: Shift, upTo: number): Promise<Climbed> {
    let watched: Climbed = { figures: {}, unsaved: [] };
    for (const to of shift.steps.filter((step) => step > reached && step <= upTo)) {
      const since = await on.patient.sampleTraffic({ target });
      beginning ??= since;
      const { unsaved } = await on.patient.setTraffic({ target, plan: shift.plan.ref, to });
      const watching = r.untilCancelled(() => on.patient.watchTraffic({ target, plan: shift.plan.ref, to, since }));
      watched = { ...(await watching), unsaved };
      if (watched.over) throw await goBack(shift, watched.over, beginning);
      reached = to;
    }
    return watched;
  }

  /** Nobody is asked before: each moment costs requests. Answers with the failure of the step. */
  async function goBack({ plan, before }: Shift, why: Text, since: Sample): Promise<Error> {
    beginning = undefined;
    const goneBackFrom = reached;
    reached = 0;
    try {
      const reverted = await on.patient.revertTraffic({ target, plan: plan.ref, since });
      if (!reverted.isBack) reached = goneBackFrom;
      return fail('side-errs', reverted.isBack ? wentBack(why, before, reverted) : couldNotGoBack(why, before, reverted));
    } catch (error) {
      const { code, sentence } = tellFailure(error);
      if (code !== 'proxy-refused') throw error;
      return fail('proxy-refused', { en: `${why.en} ${sentence.en}`, ja: `${why.ja}${sentence.ja}` });
    }
  }

  return {
    /** Answers with the wish as people may have corrected it. */
    assess: (input: Wish) =>
      r.step<Wish, Wish>(
        'assess',
        async (wish) => {
          const { split } = await on.patient.assessTraffic({ target, ...wish });
          return { value: wish, sentence: splitNow(split), evidence: { split } };
        },
        { amend: { input, schema: trafficShiftInput } },
      ),

    prove: ({ side }: Wish) => r.guard('prove the side', () => on.patient.proveTrafficSide({ target, side })),

    /** The plan, and its first step. */
    async begin(wish: Wish): Promise<Shift> {
      let shift: Shift | undefined;
      await r.change<void>('shift', {
        gate: 'shift',
        plan: async () => {
          shift = { ...(await on.patient.planTrafficShift({ target, recovery: r.id, ...wish })), side: wish.side };
          [reached, beginning] = [0, undefined];
          return shift.plan;
        },
        apply: async () => {
          const [first] = shift!.steps;
          return watchedAt(first!, shift!, await climb(shift!, first!));
        },
        undo: ({ ref }) => ({ activity: 'undoTrafficShift', input: { target, plan: ref, recovery: r.id } }),
      });
      return shift!;
    },

    async goOn(shift: Shift): Promise<void> {
      if (shift.plan.size.items === 0) return;
      for (const step of shift.steps.slice(1)) {
        await r.act<void>(`at ${step} %`, {
          would: { en: `Would give ${shift.side} ${step} %.`, ja: `${shift.side} の配分を ${step} % にする予定。` },
          dry: undefined,
          act: async () => watchedAt(step, shift, await climb(shift, step)),
        });
      }
    },

    async drain(shift: Shift): Promise<void> {
      if (shift.plan.size.items === 0 || !shift.drains) return;
      const { waitMs = 0, keptMs = 0 } = await r.act<Kept>('drain', {
        would: { en: 'Would drain the side that is left.', ja: '旧側をドレインする予定。' },
        dry: {},
        act: async () => drained(await r.untilCancelled(() => on.patient.drainTraffic({ target, plan: shift.plan.ref }))),
      });
      if (waitMs > 0) await r.wait('wait until nobody keeps the old answer', waitMs, keptFor(keptMs, waitMs));
    },

    /** After the drain: what is still under way at the side that was left would be kept. Answers whether users get the side through it. */
    async refreshCdn({ plan, side, hasCdn }: Shift): Promise<boolean> {
      return hasCdn === true && !(await refreshCdn(r, { target, side, isChanged: plan.size.items > 0 }));
    },

    verify: ({ plan }: Shift, throughCdn: boolean) =>
      r.verify('verify', () => on.patient.verifyTrafficShift({ target, plan: plan.ref, throughCdn })),
  };
}

const nothing: Text = { en: '', ja: '' };

const wentBack = ({ en, ja }: Text, before: string, { lost, keptMs }: Reverted): Text => ({
  en: `${en} The split is ${before} again${lostText(lost).en}.${stillLed(keptMs).en}`,
  ja: `${ja}配分を ${before} に戻しました。${lostText(lost).ja}${stillLed(keptMs).ja}`,
});
const couldNotGoBack = ({ en, ja }: Text, before: string, { lost }: Reverted): Text => ({
  en: `${en} With ${before} nobody would be served, so that it was not brought back everywhere${lostText(lost).en}.`,
  ja: `${ja}${before} では誰にも応答できない箇所があり、すべては戻していません。${lostText(lost).ja}`,
});
const lostText = (lost: number | undefined): Text =>
  lost === undefined ? nothing : { en: `; ${lost} requests were lost`, ja: `失われたリクエストは ${lost} 件です。` };
const stillLed = (ms: number | undefined): Text =>
  ms === undefined
    ? nothing
    : {
        en: ` Whoever asked before is led there for up to ${ms / 1_000} s.`,
        ja: `それ以前の応答は最長 ${ms / 1_000} 秒間残ります。`,
      };
const keptFor = (ms: number, waitMs: number): Text => {
  const [kept, waited] = [ms / 1_000, waitMs / 1_000];
  const note = ms === waitMs ? nothing : { en: `; ${waited} s of it are waited for`, ja: `(待機は ${waited} 秒)` };
  return {
    en: `Somebody may keep the old answer for ${kept} s${note.en}.`,
    ja: `古い応答は最長 ${kept} 秒間キャッシュに残ります${note.ja}。`,
  };
};

function watchedAt(step: number, { side }: Shift, { figures, unsaved }: Climbed): Said<void> {
  const { en, ja } = countedOf(figures[side]);
  const note = notSaved(unsaved);
  return {
    value: undefined,
    sentence: {
      en: `${side} has ${step} %${en}.${note.en}`,
      ja: `${side} の配分は ${step} % です。${ja}${note.ja}`,
    },
    evidence: { figures, ...(unsaved.length > 0 && { unsaved }) },
  };
}

/** Nobody counts the requests of a name. */
function countedOf(figures: Figures | undefined): Text {
  if (figures === undefined) return nothing;
  const { requests, failed, latencyMs } = figures;
  const took = latencyMs === undefined ? nothing : { en: `, ${latencyMs} ms each`, ja: `、平均 ${latencyMs} ミリ秒` };
  return { en: `: ${requests} requests, ${failed} failed${took.en}`, ja: `${requests} 件中 ${failed} 件失敗${took.ja}。` };
}

type Kept = Pick<Drained, 'keptMs' | 'waitMs'>;

function drained({ sessions, ms, unsaved, ...kept }: Drained): Said<Kept> {
  const note = notSaved(unsaved);
  const rest =
    sessions === 0
      ? { en: `nothing is under way there after ${ms} ms`, ja: `${ms} ミリ秒で全セッションが終わりました` }
      : {
          en: `${sessions} sessions are still under way there, and go on`,
          ja: `${sessions} セッションが継続中です(切断しません)`,
        };
  return {
    value: kept,
    sentence: {
      en: `The side that was left takes nothing new; ${rest.en}.${note.en}`,
      ja: `旧側は新規を受け付けません。${rest.ja}。${note.ja}`,
    },
    evidence: { sessions, ms },
  };
}

const notSaved = (unsaved: readonly string[]): Text =>
  unsaved.length === 0 ? nothing : { en: ` Not saved: ${unsaved.join('; ')}`, ja: `状態を保存できません: ${unsaved.join('; ')}` };
