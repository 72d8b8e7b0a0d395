/** What a look at a tool store tells, and which scenario would help. */
import type { Diagnosis } from '../diagnosis.ts';
import type { Timeouts } from '../log-questions/words.ts';
import type { Text } from '../text.ts';
import { timeoutSymptoms } from '../timeouts/timeout-symptoms.ts';
import { auditLog, fileNameOf, isToolPath, toolLimit } from './layout.ts';
import type { LiveFile } from './restore-plan.ts';
import { duplicateNames, type ToolDefinition } from './tool-file.ts';
import { naming } from './tool-limit.ts';

export interface StoreView {
  readonly rootThere: boolean;
  readonly toolsFolder: 'there' | 'gone' | 'unusable';
  readonly live: readonly LiveFile[];
  readonly logThere: boolean;
  /** The newest backup that passed its test and is not suspect. */
  readonly verified?: { readonly id: string; readonly startedAt: string; readonly paths: readonly string[] } | undefined;
  readonly backups: number;
  /** Of the last day, as far as the end of the log shows them. */
  readonly timeouts?: readonly Timeouts[];
}

type Symptom = Diagnosis['symptoms'][number];
export interface Findings {
  readonly symptoms: readonly Symptom[];
  readonly suggests: Diagnosis['suggests'];
}

/** Up to this part of the expected tools are brought back one by one; beyond it the store counts as lost. */
const fewShare = 0.2;

export function readSymptoms(view: StoreView): Findings {
  if (!view.rootThere) {
    return {
      symptoms: [
        symptom(
          'root-gone',
          'The folder of the target does not exist: is it mounted?',
          '対象のフォルダーがありません。マウントを確認してください。',
        ),
      ],
      suggests: [],
    };
  }
  const symptoms = symptomsOf(view);
  // Without a verified backup to compare with, what is there and damaged is all that can be known.
  const expected = view.verified?.paths.filter(isToolPath) ?? view.live.map(({ path }) => path);
  const there = new Map(view.live.map((file) => [file.path, file]));
  const lost = expected.filter((path) => there.get(path)?.judged?.ok !== true);
  const timeouts = timeoutSymptoms(view.timeouts ?? []);
  return {
    symptoms: [...symptoms, ...timeouts.symptoms],
    suggests: [...suggest(view, expected, lost), ...timeouts.suggests],
  };
}

const symptom = (id: string, en: string, ja: string, evidence?: Symptom['evidence']): Symptom => ({
  id,
  sentence: { en, ja },
  ...(evidence === undefined ? {} : { evidence }),
});

function symptomsOf(view: StoreView): Symptom[] {
  const found: Symptom[] = [];
  const valid = view.live.flatMap(({ judged }): ToolDefinition[] => (judged?.ok === true ? [judged.tool] : []));
  if (view.toolsFolder === 'gone') {
    found.push(symptom('tools-folder-gone', 'The tools folder is gone.', 'ツールのフォルダーがありません。'));
  }
  if (view.toolsFolder === 'unusable') {
    found.push(
      symptom(
        'tools-folder-unusable',
        'The tools folder is a link or not a folder.',
        'ツールのフォルダーがリンクか、フォルダーではありません。',
      ),
    );
  }
  if (view.toolsFolder === 'there' && valid.length === 0) {
    found.push(symptom('no-tools', 'The agent finds no tool at all.', 'エージェントから見えるツールが 1 つもありません。'));
  }
  found.push(...faultSymptoms(view));
  const missing = (view.verified?.paths ?? []).filter(
    (path) => isToolPath(path) && !view.live.some((file) => file.path === path),
  );
  if (missing.length > 0) {
    const named = naming(missing.map(fileNameOf), 5);
    found.push(
      symptom(
        'tools-missing',
        `${missing.length} tools of ${view.verified!.id} are missing: ${named.en}.`,
        `${view.verified!.id} にあるツール ${missing.length} 件がありません: ${named.ja}。`,
        { count: missing.length, backup: view.verified!.id },
      ),
    );
  }
  const twice = [...duplicateNames(valid).keys()];
  if (twice.length > 0) {
    found.push(
      symptom(
        'double-names',
        `Borne by more than one tool: ${naming(twice, 5).en}.`,
        `重複するツール名: ${naming(twice, 5).ja}。`,
      ),
    );
  }
  if (valid.length > toolLimit) {
    found.push(
      symptom(
        'too-many-tools',
        `${valid.length} tools are there; the agent takes ${toolLimit}.`,
        `ツールが ${valid.length} 件あり、上限 ${toolLimit} 件を超えています。`,
      ),
    );
  }
  if (!view.logThere) {
    found.push(symptom('log-missing', `The audit log (${auditLog}) is missing.`, `監査ログ(${auditLog})がありません。`));
  }
  if (view.verified === undefined) {
    found.push(
      symptom(
        'no-verified-backup',
        view.backups === 0 ? 'There is no backup.' : `None of ${view.backups} backups is verified and above suspicion.`,
        view.backups === 0
          ? 'バックアップがありません。'
          : `バックアップ ${view.backups} 件のうち、検証済みで疑いのないものがありません。`,
        { backups: view.backups },
      ),
    );
  }
  return found;
}

/** One symptom for each kind of damage, naming the first few files. */
function faultSymptoms({ live }: StoreView): Symptom[] {
  const byFault = new Map<string, Text[]>();
  for (const { judged } of live) {
    if (judged?.ok === false) byFault.set(judged.fault, [...(byFault.get(judged.fault) ?? []), judged.sentence]);
  }
  return [...byFault].map(([fault, sentences]) =>
    symptom(
      `tools-${fault}`,
      `${sentences.length} damaged: ${sentences
        .slice(0, 3)
        .map(({ en }) => en)
        .join(' ')}`,
      `損傷 ${sentences.length} 件: ${sentences
        .slice(0, 3)
        .map(({ ja }) => ja)
        .join('')}`,
      { count: sentences.length },
    ),
  );
}

function suggest(view: StoreView, expected: readonly string[], lost: readonly string[]): Diagnosis['suggests'] {
  const logLost = !view.logThere && view.verified?.paths.includes(auditLog) === true;
  const nothingLeft = view.toolsFolder === 'gone' || !view.live.some(({ judged }) => judged?.ok === true);
  if (lost.length === 0 && !logLost && !nothingLeft) return [];
  const from =
    view.verified === undefined
      ? { en: 'no verified backup is known yet', ja: '検証済みバックアップは未確認' }
      : { en: `from ${view.verified.id}`, ja: `${view.verified.id} から` };
  if (lost.length > 0 && !logLost && !nothingLeft && lost.length <= Math.max(1, Math.floor(expected.length * fewShare))) {
    return [
      {
        scenario: 'tool-restore',
        input: { tools: lost.map((path) => fileNameOf(path).replace(/\.json$/, '')) },
        why: {
          en: `${lost.length} of ${expected.length} tools are missing or damaged; the others need not be touched (${from.en}).`,
          ja: `ツール ${expected.length} 件中 ${lost.length} 件のみ欠落・損傷しています(${from.ja})。`,
        },
      },
    ];
  }
  if (lost.length === 0 && !nothingLeft) {
    return [
      {
        scenario: 'audit-log-restore',
        input: {},
        why: { en: `The audit log is missing (${from.en}).`, ja: `監査ログがありません(${from.ja})。` },
      },
    ];
  }
  return [
    {
      scenario: 'tool-store-loss',
      input: {},
      why: nothingLeft
        ? { en: `No usable tool is left (${from.en}).`, ja: `使えるツールが残っていません(${from.ja})。` }
        : {
            en: `${lost.length} of ${expected.length} tools are missing or damaged (${from.en}).`,
            ja: `ツール ${expected.length} 件中 ${lost.length} 件が欠落・損傷しています(${from.ja})。`,
          },
    },
  ];
}
