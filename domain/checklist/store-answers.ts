/** Answers to what can be seen of the files alone: the file system, and the part on security. */
import { auditLog, fileNameOf, isToolPath, setAsidePaths } from '../tool-store/layout.ts';
import type { LiveFile } from '../tool-store/restore-plan.ts';
import { naming } from '../tool-store/tool-limit.ts';
import { judged, notApplicable, type Answer } from './words.ts';

export type FolderState = 'there' | 'gone' | 'unusable';

export interface StoreSight {
  readonly toolsFolder: FolderState;
  readonly logsFolder: FolderState;
  readonly logThere: boolean;
  /** Below the tools folder, judged. */
  readonly files: readonly LiveFile[];
  /** What it is held against; absent where there is no verified backup. */
  readonly baseline?: { readonly backup: string; readonly tools: ReadonlySet<string> } | undefined;
  /** Ids that the log says were made or deleted since that backup. */
  readonly created: ReadonlySet<string>;
  readonly deleted: ReadonlySet<string>;
  /** As a person expects it. */
  readonly expectedTools?: number | undefined;
}

export function answerFiles(sight: StoreSight): Answer[] {
  return [
    folder('tools-folder', '.pi/tools/', sight.toolsFolder),
    toolCount(sight),
    folder('logs-folder', '.pi/logs/', sight.logsFolder),
    judged(
      'log-file',
      sight.logThere,
      sight.logThere
        ? { en: 'The audit log is there.', ja: '監査ログがあります。' }
        : { en: `${auditLog} is missing.`, ja: `${auditLog} がありません。` },
    ),
    unknownTools(sight),
  ];
}

function folder(id: string, path: string, state: FolderState): Answer {
  const words = {
    there: { en: `${path} is there.`, ja: `${path} があります。` },
    gone: { en: `${path} is missing.`, ja: `${path} がありません。` },
    unusable: { en: `${path} is a link or no folder.`, ja: `${path} がリンクか、フォルダーではありません。` },
  };
  return judged(id, state === 'there', words[state]);
}

const idOf = (path: string): string => fileNameOf(path).replace(/\.json$/, '');
const toolFiles = ({ files }: StoreSight): readonly LiveFile[] => files.filter(({ path }) => isToolPath(path));
const isKnown = ({ baseline, created }: StoreSight, path: string): boolean =>
  baseline === undefined || baseline.tools.has(path) || created.has(idOf(path));

/** Tools that nobody knows are the affair of another item; those put aside on purpose are not missed. */
function toolCount(sight: StoreSight): Answer {
  const { baseline, created, deleted, files, expectedTools } = sight;
  const known = toolFiles(sight).filter(({ path }) => isKnown(sight, path));
  const good = new Set(known.filter(({ judged: one }) => one?.ok).map(({ path }) => path));
  const damaged = known.flatMap(({ judged: one }) => (one?.ok === false ? [one.sentence] : []));
  const all = new Set(files.map(({ path }) => path));
  const required = [...(baseline?.tools ?? []), ...[...created].map((id) => `.pi/tools/${id}.json`)].filter(
    (path) => !deleted.has(idOf(path)) && !setAsidePaths(path).some((aside) => all.has(aside)),
  );
  const missing = [...new Set(required)].filter((path) => !all.has(path));
  const expected = expectedTools ?? (baseline === undefined ? undefined : new Set([...required, ...good]).size);
  const figures = { measured: good.size, expected };
  const ok = damaged.length === 0 && (expected === undefined ? good.size > 0 : good.size === expected);
  if (ok && expected === undefined) {
    return notApplicable(
      'tool-count',
      {
        en: 'There is no verified backup to compare with, and no number was given.',
        ja: '比較する検証済みバックアップがなく、期待値の指定もありません。',
      },
      figures,
    );
  }
  if (ok) {
    const from = expectedTools === undefined ? ` ${baseline!.backup}` : '';
    return judged(
      'tool-count',
      true,
      { en: `As many as expected.${from && ` (${from.trim()})`}`, ja: `期待どおりです。${from && `(${from.trim()})`}` },
      figures,
    );
  }
  const names = naming(missing.map(fileNameOf), 5);
  const broken = damaged.slice(0, 3);
  return judged(
    'tool-count',
    false,
    {
      en: [`${good.size} good tools.`, missing.length > 0 ? `Missing: ${names.en}.` : '', ...broken.map(({ en }) => en)]
        .filter(Boolean)
        .join(' '),
      ja: [
        `正常なツールは ${good.size} 件です。`,
        missing.length > 0 ? `欠落: ${names.ja}。` : '',
        ...broken.map(({ ja }) => ja),
      ].join(''),
    },
    figures,
  );
}

function unknownTools(sight: StoreSight): Answer {
  const { baseline, created } = sight;
  if (baseline === undefined) {
    return notApplicable('unknown-tools', {
      en: 'There is no verified backup that says which tools are known.',
      ja: '既知のツールを示す検証済みバックアップがありません。',
    });
  }
  const files = toolFiles(sight);
  const unknown = files.filter(({ path }) => !isKnown(sight, path)).map(({ path }) => fileNameOf(path));
  const since = files.filter(({ path }) => !baseline.tools.has(path) && created.has(idOf(path))).length;
  const named = naming(unknown, 5);
  const note =
    since === 0
      ? { en: '', ja: '' }
      : { en: ` The log knows of ${since} made since.`, ja: `以後の作成 ${since} 件は監査ログにあります。` };
  return judged(
    'unknown-tools',
    unknown.length === 0,
    unknown.length === 0
      ? { en: `Every tool is in ${baseline.backup}.${note.en}`, ja: `すべて ${baseline.backup} にあります。${note.ja}` }
      : {
          en: `Neither in ${baseline.backup} nor made since by the log: ${named.en}.${note.en}`,
          ja: `${baseline.backup} にも以後の監査ログにもないツール: ${named.ja}。${note.ja}`,
        },
    { measured: unknown.length, expected: 0 },
  );
}
