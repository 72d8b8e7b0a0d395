/** What would be lost if a standby took over from a primary that is gone, as far as the primary's own disk can be asked. */
import { size } from '../sizes.ts';
import type { LogTail, NodeState } from './node-state.ts';
import { symptom, type Symptom } from '../symptom.ts';

/** Without `primary` it is not known which node it was, without `tail` nobody could read it: an unknown loss is never a small one. */
export function judgeLoss(primary: string | undefined, standby: string, tail: LogTail | undefined): Symptom {
  if (primary === undefined || tail === undefined) {
    const [en, ja] = primary === undefined ? ['the primary', 'プライマリ'] : [primary, primary];
    return symptom(
      'loss-unknown',
      `What ${standby} lacks of ${en} is unknown: the disk of ${en} cannot be read.`,
      `${ja} のディスクを読めないため、${standby} に不足するデータ量は不明です。`,
    );
  }
  const { bytes, commits, rows, firstCommitAt } = tail;
  if (commits === 0) {
    return symptom(
      'loss-none',
      `${standby} has every commit of ${primary}: nothing would be lost if it took over.`,
      `${standby} は ${primary} の全コミットを保持しています。引き継いでも損失はありません。`,
      { bytes, commits },
    );
  }
  return symptom(
    'loss',
    `If ${standby} took over now, ${commits} commits of ${primary} would be lost: ${size(bytes)} of the log, at least ${rows} rows, the first from ${firstCommitAt}.`,
    `今 ${standby} が引き継ぐと ${primary} のコミット ${commits} 件(WAL ${size(bytes)}、${rows} 行以上、${firstCommitAt} 以降)が失われます。`,
    { ...tail },
  );
}

/** Beside the words of the network: whether the server is really gone. */
export function judgeProcesses(node: string, { processes }: NodeState): Symptom {
  const words = {
    running: {
      en: 'runs, but does not answer: it may still take writes from others',
      ja: 'は動作中ですが応答しません。他から書き込まれている可能性があります',
    },
    frozen: {
      en: 'is frozen: it would take writes again when somebody wakes it',
      ja: 'は停止状態(フリーズ)です。再開すると書き込みを受け付けます',
    },
    gone: { en: 'has no process any more', ja: 'のプロセスはありません' },
  }[processes];
  return symptom(`process-${processes}`, `${node} ${words.en}.`, `${node} ${words.ja}。`, { node });
}
