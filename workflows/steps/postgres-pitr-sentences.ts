/** What the steps of going back to a moment leave in the ledger. */
import type { Comparison, PostgresPitrActivities, RestoredCopy, Seated } from '../../activities/postgres/pitr/interface.ts';
import type { Said } from '../kit/attempt.ts';
import type { NewPrimary } from './postgres-sentences.ts';

export const restored = (backup: string, { timeline, lastCommitAt }: RestoredCopy): Said<void> => ({
  value: undefined,
  sentence: {
    en: `${backup} is restored beside production and waits there, its last commit of ${lastCommitAt ?? 'before the backup'}.`,
    ja: `${backup} を本番の隣に復元しました。最後のコミットは ${lastCommitAt ?? 'バックアップ以前'} です。`,
  },
  evidence: { timeline, lastCommitAt },
});

export const compared = (comparison: Comparison): Said<Comparison> => ({
  value: comparison,
  sentence: comparison.sentence,
  evidence: { ref: comparison.ref },
});

export function stopped({
  stopped: nodes,
  beyondReach,
}: Awaited<ReturnType<PostgresPitrActivities['applyPostgresCutOver']>>): Said<unknown> {
  const done =
    nodes.length === 0
      ? { en: 'Nobody could be stopped from here.', ja: '停止できるノードがありません。' }
      : { en: `${nodes.join(', ')} has no process any more.`, ja: `${nodes.join('、')} を停止しました。` };
  const open =
    beyondReach.length === 0
      ? { en: '', ja: '' }
      : { en: ` ${beyondReach.join(', ')} is beyond reach.`, ja: `${beyondReach.join('、')} は操作できません。` };
  return {
    value: { nodes, beyondReach },
    outcome: nodes.length === 0 ? 'skipped' : 'done',
    sentence: { en: done.en + open.en, ja: done.ja + open.ja },
    evidence: { stopped: nodes, beyondReach },
  };
}

export const seated = ({ node, timeline, kept }: Seated): Said<NewPrimary> => ({
  value: { node, timeline, already: false },
  sentence: {
    en: `${node} takes writes on timeline ${timeline}. The database of before is kept in ${kept}.`,
    ja: `${node} はタイムライン ${timeline} で書き込みを受け付けます。元のデータベースは ${kept} に残しました。`,
  },
  evidence: { timeline, kept },
});
