/** Puts together what an examination found: suspicious tools, and what people should know beside them. */
import type { Creation } from '../log-questions/words.ts';
import type { SourceComparison } from '../source-code/words.ts';
import type { Text } from '../text.ts';
import { folderOf, toolsFolder } from '../tool-store/layout.ts';
import type { BackupFile, LiveFile } from '../tool-store/restore-plan.ts';
import { naming } from '../tool-store/tool-limit.ts';
import { hasSpecialBits, isNamed, nameOfFile, reasonsAgainst } from './examine-tool.ts';
import type { Examination, Finding, Judgement, Suspicion } from './words.ts';

export interface BreachWorld {
  readonly target: string;
  readonly brokenSince: string | undefined;
  readonly judgement: Judgement;
  /** Everything below the tools folder. */
  readonly live: readonly LiveFile[];
  readonly baseline:
    { readonly id: string; readonly files: ReadonlyMap<string, BackupFile>; readonly attributesKnown: boolean } | undefined;
  readonly mayGiveAway: boolean;
  /** Creations that the log tells of, newest first; undefined where there is no log. */
  readonly creations: readonly Creation[] | undefined;
  readonly sources: readonly SourceComparison[];
  /** Files of logs, extensions and libraries with the mode of each. */
  readonly others: readonly { readonly path: string; readonly mode: string }[];
}

/** Directly in the folder: where the agent looks. */
const isInUse = ({ path, state }: LiveFile): boolean =>
  folderOf(path) === toolsFolder && (state.kind === 'file' || state.kind === 'link');

export function examine(world: BreachWorld): Examination {
  const { target, live, baseline, brokenSince, judgement } = world;
  const recent = (world.creations ?? []).filter((one) => brokenSince !== undefined && isSince(one, brokenSince));
  const newActors = actorsOnlyIn(recent, world.creations ?? []);
  const against = {
    ...{ baseline: baseline?.files, attributesKnown: baseline?.attributesKnown ?? false, mayGiveAway: world.mayGiveAway },
    ...{ brokenSince, creations: recent, newActors, judgement },
  };
  const suspicions = live.filter(isInUse).flatMap((file): Suspicion[] => {
    const reasons = reasonsAgainst(file, against);
    return reasons.length === 0 ? [] : [{ path: file.path, name: nameOfFile(file), reasons }];
  });
  return {
    target,
    ...(baseline && { baseline: baseline.id }),
    ...(brokenSince !== undefined && { brokenSince }),
    suspicions,
    findings: [...compared(world), ...fromLog(world, recent, newActors), ...named(world), ...codeFindings(world)],
  };
}

const isSince = ({ at }: Creation, since: string): boolean => at === undefined || Date.parse(at) >= Date.parse(since);

/** Whoever created something since the breach and never before it. */
function actorsOnlyIn(recent: readonly Creation[], all: readonly Creation[]): Set<string> {
  const before = new Set(all.filter((one) => !recent.includes(one)).flatMap(({ actor }) => actor ?? []));
  return new Set(recent.flatMap(({ actor }) => (actor === undefined || before.has(actor) ? [] : [actor])));
}

const finding = (id: string, en: string, ja: string): Finding => ({ id, sentence: { en, ja } });

function compared({ baseline, brokenSince, live }: BreachWorld): Finding[] {
  if (baseline === undefined) {
    return [
      finding(
        'no-baseline',
        'There is no verified backup from before the breach: nothing could be compared.',
        '侵害前の検証済みバックアップがなく、比較できません。',
      ),
    ];
  }
  const there = new Set(live.map(({ path }) => path));
  const gone = [...baseline.files.keys()].filter((path) => folderOf(path) === toolsFolder && !there.has(path));
  return [
    ...(brokenSince === undefined
      ? [
          finding(
            'no-time',
            `It was not said when the breach began: compared with the newest verified backup, ${baseline.id}.`,
            `侵害の開始時刻が不明のため、最新の検証済みバックアップ ${baseline.id} と比較しました。`,
          ),
        ]
      : []),
    ...(gone.length > 0
      ? [listed('tools-gone', gone, 'Gone since the trusted backup', '信頼できるバックアップ以後に消えたもの')]
      : []),
  ];
}

function fromLog({ creations }: BreachWorld, recent: readonly Creation[], newActors: ReadonlySet<string>): Finding[] {
  if (creations === undefined) return [finding('no-log', 'There is no audit log.', '監査ログがありません。')];
  const names = [...new Set(recent.map(({ tool }) => tool))];
  return [
    ...(names.length > 0
      ? [listed('recent-creations', names, 'Created since the breach, as the log tells', 'ログ上、侵害以後に作成')]
      : []),
    ...(newActors.size > 0
      ? [listed('new-actors', [...newActors], 'Never seen before the breach', '侵害以後に初めて現れた操作者')]
      : []),
  ];
}

/** Names that mean no file here: a wrong name in a request must not pass for a clean store. */
function named({ judgement, live }: BreachWorld): Finding[] {
  const unknown = judgement.tools.filter((name) => !live.some((file) => isNamed(file, [name])));
  return unknown.length > 0
    ? [listed('named-unknown', unknown, 'Named as suspicious and not in the store', '指定されたが存在しないツール')]
    : [];
}

function codeFindings({ sources, others }: BreachWorld): Finding[] {
  const covered = (path: string): boolean => sources.some((source) => path.startsWith(`${source.path}/`));
  const uncovered = others.map(({ path }) => path).filter((path) => /^\.pi\/(extensions|lib)\//.test(path) && !covered(path));
  const bits = others.filter(({ mode }) => hasSpecialBits(mode)).map(({ path, mode }) => `${path} (${mode})`);
  return [
    ...sources.flatMap(sourceFindings),
    ...(uncovered.length > 0
      ? [
          listed(
            'code-uncompared',
            uncovered,
            'Code without a declared source, not compared',
            '取得元の宣言がなく比較できないコード',
          ),
        ]
      : []),
    ...(bits.length > 0
      ? [listed('special-modes', bits, 'Modes that give rights nobody needs', '不要な権限を与えるモード')]
      : []),
  ];
}

function sourceFindings(source: SourceComparison): Finding[] {
  const { path, fault, counts } = source;
  if (fault) return [{ id: `source:${path}`, sentence: fault }];
  const differing = [...source.differing, ...source.extra, ...source.missing, ...source.strange];
  if (differing.length === 0) return [];
  const words = naming(differing, 5);
  return [
    finding(
      `source:${path}`,
      `${path} is not as its git source: ${counts.differing} changed, ${counts.extra} added, ${counts.missing} missing (${words.en}).`,
      `${path} が git と異なります: 変更 ${counts.differing}、追加 ${counts.extra}、欠落 ${counts.missing}(${words.ja})。`,
    ),
  ];
}

function listed(id: string, what: readonly string[], en: string, ja: string): Finding {
  const words = naming(
    what.map((one) => one.slice(0, 80)),
    8,
  );
  return finding(id, `${en}: ${words.en}.`, `${ja}: ${words.ja}。`);
}

/** One sentence for the ledger. */
export function examinationSentence({ suspicions, findings, baseline }: Examination): Text {
  const names = naming(
    suspicions.map(({ name }) => name.slice(0, 64)),
    5,
  );
  const also = findings.slice(0, 4).map(({ sentence }) => sentence);
  return {
    en: [
      `${suspicions.length} suspicious (${names.en})${baseline === undefined ? '' : `, compared with ${baseline}`}.`,
      ...also.map(({ en }) => en),
    ].join(' '),
    ja: [
      `疑わしいもの ${suspicions.length} 件(${names.ja})${baseline === undefined ? '' : `、比較対象 ${baseline}`}。`,
      ...also.map(({ ja }) => ja),
    ].join(''),
  };
}
