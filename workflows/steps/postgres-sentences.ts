/** What the steps of a PostgreSQL failover leave in the ledger. */
import type {
  PostgresFailoverActivities,
  Promoted,
  Rejoined,
  Repointing,
  Successor,
} from '../../activities/postgres/failover/interface.ts';
import type { Backup } from '../../domain/backup.ts';
import { joined, plain, type Text } from '../../domain/text.ts';
import type { Said } from '../kit/attempt.ts';

export interface NewPrimary extends Promoted {
  readonly node: string;
}

export function fenced({
  fenced: nodes,
  beyondReach,
}: Awaited<ReturnType<PostgresFailoverActivities['applyPostgresFence']>>): Said<unknown> {
  const done = {
    en:
      nodes.length === 0
        ? 'Nobody could be stopped from here.'
        : `${nodes.join(', ')} has no process any more: whoever starts it, it takes no writes.`,
    ja:
      nodes.length === 0
        ? '停止できるノードがありません。'
        : `${nodes.join('、')} を停止しました。誰が起動しても書き込みを受け付けません。`,
  };
  const open =
    beyondReach.length === 0
      ? { en: '', ja: '' }
      : { en: ` ${beyondReach.join(', ')} is beyond reach.`, ja: `${beyondReach.join('、')} は操作できません。` };
  return {
    value: { nodes, beyondReach },
    sentence: { en: done.en + open.en, ja: done.ja + open.ja },
    evidence: { fenced: nodes, beyondReach },
  };
}

export function chosenAs({ node, isPrimary, left = plain(''), loss }: Successor): Text {
  if (isPrimary) return { en: `${node} is primary already.`, ja: `${node} は既にプライマリです。` };
  const takesOver = { en: `${node} takes over.`, ja: `${node} が引き継ぎます。` };
  return joined([takesOver, left, loss.sentence].filter(({ en }) => en !== ''));
}

export const noWayBack = (node: string): Text => ({
  en: `From here on ${node} is the primary: there is no way back.`,
  ja: `ここから ${node} がプライマリになります。後戻りできません。`,
});

export const promoted = (primary: NewPrimary): Said<NewPrimary> => ({
  value: primary,
  outcome: primary.already ? 'already-done' : 'done',
  sentence: {
    en: `${primary.node} takes writes on timeline ${primary.timeline}.`,
    ja: `${primary.node} はタイムライン ${primary.timeline} で書き込みを受け付けます。`,
  },
  evidence: { timeline: primary.timeline },
});

type Commit = Awaited<ReturnType<PostgresFailoverActivities['commitPostgres']>>;

export const committed = (node: string, done: Commit): Said<{ readonly waits: boolean }> => ({
  value: { waits: 'waitsFor' in done },
  sentence:
    'ms' in done
      ? { en: `${node} committed after ${done.ms} ms.`, ja: `${node} は ${done.ms} ミリ秒でコミットしました。` }
      : {
          en: `Commits on ${node} wait for ${done.waitsFor}, until a standby is back.`,
          ja: `${node} のコミットは ${done.waitsFor} の復帰を待ちます。`,
        },
});

export const repointed = (node: string, { changed, already, seen }: Repointing): Said<void> => ({
  value: undefined,
  outcome: changed.length === 0 ? 'already-done' : 'done',
  sentence: {
    en: `${[...changed, ...already].join(', ')} leads to ${node}; seen through ${seen.join(', ') || 'none'}.`,
    ja: `${[...changed, ...already].join('、')} は ${node} を指します。経由して確認: ${seen.join('、') || 'なし'}。`,
  },
  evidence: { changed, already, seen },
});

const ways: Readonly<Record<Rejoined['how'], Text>> = {
  already: { en: 'followed by itself', ja: '自動的に追従' },
  followed: { en: 'was told to follow', ja: '追従先を変更' },
  rewound: { en: 'was rewound', ja: 'pg_rewind で巻き戻し' },
  rebuilt: { en: 'was copied anew', ja: 'ベースバックアップで再構築' },
};

export function rejoined(node: string, primary: string, { how, keptLog, keptFiles }: Rejoined): Said<boolean> {
  const kept = [keptLog, keptFiles].filter((one) => one !== undefined);
  const where = kept.length === 0 ? { en: '', ja: '' } : { en: ` Kept: ${kept.join(', ')}.`, ja: `保存先: ${kept.join('、')}。` };
  return {
    value: true,
    outcome: how === 'already' ? 'already-done' : 'done',
    sentence: {
      en: `${node} is a standby of ${primary} and receives its log (${ways[how].en}).${where.en}`,
      ja: `${node} は ${primary} のスタンバイとして受信中です(${ways[how].ja})。${where.ja}`,
    },
    evidence: { how, ...(keptLog && { keptLog }), ...(keptFiles && { keptFiles }) },
  };
}

export const backedUp = ({ id }: Backup): Said<void> => ({
  value: undefined,
  sentence: { en: `${id} is complete.`, ja: `${id} を取得しました。` },
  evidence: { backup: id },
});
