/** The score of a drill: one verdict for each criterion, read from what its recovery left. A missed one is a result, no error. */
import { hasEnded, type RecoveryState, type Step } from '../recovery.ts';
import type { Text } from '../text.ts';
import { drillSteps, type Measured } from './words.ts';

export const criteria = {
  switched: { en: 'switch', ja: '切り替え' },
  data: { en: 'data', ja: 'データ' },
  rto: { en: 'RTO', ja: 'RTO' },
  rpo: { en: 'RPO', ja: 'RPO' },
  checks: { en: 'checks', ja: '検証' },
  performance: { en: 'performance', ja: '性能' },
  'way-home': { en: 'way home', ja: 'フェイルバック計画' },
} as const satisfies Record<string, Text>;
export type CriterionId = keyof typeof criteria;

export interface Verdict {
  /** Null where nothing was measured, or not yet. */
  readonly met: boolean | null;
  readonly sentence: Text;
  readonly value?: number;
  /** What the value may be at most. */
  readonly limit?: number;
}
export type Criterion = Verdict & { readonly id: CriterionId };

export interface DrillScore {
  readonly criteria: readonly Criterion[];
  /** Null while it runs, and of a dry run. */
  readonly passed: boolean | null;
  readonly sentence: Text;
}

type Find = (name: string) => Step | undefined;

export function scoreDrill(state: RecoveryState): DrillScore {
  const find: Find = (name) => state.steps.find((step) => step.path === '' && step.name === name && step.outcome === 'done');
  const verdicts: Record<CriterionId, Verdict> = {
    switched: switched(find),
    data: data(state),
    rto: rto(state, find),
    rpo: rpo(state),
    checks: checks(find),
    performance: performance(find),
    'way-home': wayHome(find),
  };
  const all = Object.entries(verdicts).map(([id, verdict]) => ({ id: id as CriterionId, ...verdict }));
  return { criteria: all, ...conclude(state, all) };
}

/** What was never measured does not pass: a drill that ended early has proven nothing. */
function conclude({ status }: RecoveryState, all: readonly Criterion[]): Omit<DrillScore, 'criteria'> {
  if (!hasEnded(status)) return { passed: null, sentence: { en: 'It is under way.', ja: '実施中です。' } };
  if (status === 'planned') return { passed: null, sentence: { en: 'It was only planned.', ja: '計画のみです。' } };
  const missed = all.filter(({ met }) => met !== true).map(({ id }) => criteria[id]);
  if (missed.length === 0) return { passed: true, sentence: { en: 'Passed.', ja: '合格。' } };
  return {
    passed: false,
    sentence: {
      en: `Failed: ${missed.map(({ en }) => en).join(', ')}.`,
      ja: `不合格: ${missed.map(({ ja }) => ja).join('、')}。`,
    },
  };
}

const unmeasured: Verdict = { met: null, sentence: { en: 'Not measured.', ja: '未計測です。' } };

function switched(find: Find): Verdict {
  const move = find(drillSteps.failOver);
  return move ? { met: true, sentence: move.sentence } : unmeasured;
}

/** Losses of inner recoveries are known once these are kept, which is at the end. */
const isMeasured = ({ status }: RecoveryState): boolean => status === 'recovered';
const unknownLoss: Verdict = {
  met: false,
  sentence: { en: 'Nobody can say how much was lost.', ja: '失われたデータ量が不明です。' },
};

/** Stricter than the RPO: what may be lost in a disaster is still missing. */
function data(state: RecoveryState): Verdict {
  const { rpoAchieved: value } = state.objectives;
  if (!isMeasured(state)) return unmeasured;
  if (value === undefined) return unknownLoss;
  const lost = lostCommits(state);
  const isWhole = value === 0 && lost.commits === 0;
  const sentence = isWhole
    ? { en: 'Nothing was lost.', ja: '損失はありません。' }
    : {
        en: `${lost.commits} commits with at least ${lost.rows} rows, ${seconds(value)} of work, were lost.`,
        ja: `コミット ${lost.commits} 件(${lost.rows} 行以上、${seconds(value)} 分)が失われました。`,
      };
  return { met: isWhole, sentence, value, limit: 0 };
}

function rpo(state: RecoveryState): Verdict {
  const { rpoAchieved: value, rpoMs: limit } = state.objectives;
  if (!isMeasured(state)) return unmeasured;
  if (value === undefined) return { ...unknownLoss, limit };
  return { met: value <= limit, sentence: compared('Lost', '損失', value, limit), value, limit };
}

/** Commits in the logs of databases that nobody had when their successors were chosen. */
function lostCommits({ steps }: RecoveryState): { readonly commits: number; readonly rows: number } {
  const counted = steps.flatMap(({ evidence }) =>
    typeof evidence?.['commits'] === 'number' ? [{ commits: evidence['commits'], rows: Number(evidence['rows'] ?? 0) }] : [],
  );
  const sum = (of: 'commits' | 'rows'): number => counted.reduce((total, one) => total + one[of], 0);
  return { commits: sum('commits'), rows: sum('rows') };
}

/** From home being cut off to the service verified at the other side, people included. */
function rto({ objectives: { rtoMs: limit } }: RecoveryState, find: Find): Verdict {
  const [isolate, move] = [find(drillSteps.isolate), find(drillSteps.failOver)];
  if (isolate === undefined || move?.endedAt === undefined) return { ...unmeasured, limit };
  const value = Date.parse(move.endedAt) - Date.parse(isolate.startedAt);
  return { met: value <= limit, sentence: compared('Moved in', '移動時間', value, limit), value, limit };
}

function checks(find: Find): Verdict {
  const verified = find(drillSteps.verify);
  return verified ? { met: true, sentence: verified.sentence } : unmeasured;
}

/** Medians: of a hundred requests the slowest few are chance. */
function performance(find: Find): Verdict {
  const tolerance = find(drillSteps.prepare)?.evidence?.['tolerance'];
  const [before, after] = [drillSteps.before, drillSteps.after].map((name) => find(name)?.evidence as Measured | undefined);
  if (typeof tolerance !== 'number' || before === undefined || after === undefined) return unmeasured;
  const limit = 1 + tolerance;
  if (before.medianMs === undefined || after.medianMs === undefined || after.failed > before.failed) {
    const [en, ja] = [`${after.failed} of ${after.requests} requests failed`, `${after.requests} 件中 ${after.failed} 件が失敗`];
    return {
      met: false,
      sentence: { en: `${en}; at home ${before.failed}.`, ja: `${ja}(元の側では ${before.failed} 件)。` },
      limit,
    };
  }
  // A clock that saw no time at all leaves nothing to divide by.
  const value = rounded(after.medianMs / Math.max(before.medianMs, 0.01));
  const times = `${before.medianMs} ms → ${after.medianMs} ms`;
  const sentence = {
    en: `Median ${times}: ${value} times as long, at most ${rounded(limit)}.`,
    ja: `中央値 ${times}(${value} 倍、上限 ${rounded(limit)} 倍)。`,
  };
  return { met: value <= limit, sentence, value, limit };
}

function wayHome(find: Find): Verdict {
  const planned = find(drillSteps.wayHome);
  return planned ? { met: true, sentence: planned.sentence } : unmeasured;
}

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;
const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;
const compared = (en: string, ja: string, value: number, limit: number): Text => ({
  en: `${en} ${seconds(value)}, at most ${seconds(limit)}.`,
  ja: `${ja} ${seconds(value)}(上限 ${seconds(limit)})。`,
});
