/** Whether what a Redis server holds would outlive it: the append-only file, and snapshots. */
import { symptom, type Symptom } from '../symptom.ts';
import type { LiveNode } from './node-report.ts';

export function judgePersistence(
  { node, persistence: { appendOnly, snapshot } }: LiveNode,
  { snapshotMinutes }: { readonly snapshotMinutes: number },
): Symptom[] {
  const symptoms: Symptom[] = [];
  const add = (...what: Parameters<typeof symptom>): void => void symptoms.push(symptom(...what));
  if (appendOnly === undefined) {
    add(
      'append-only-off',
      `${node} keeps no append-only file: what was written since the last snapshot dies with it.`,
      `${node} は AOF が無効です。最後のスナップショット以降の書き込みは停止時に失われます。`,
    );
  } else {
    if (appendOnly.fsync !== 'everysec') {
      add(
        'append-only-fsync',
        `${node} syncs its append-only file by "${appendOnly.fsync}", not every second.`,
        `${node} の AOF の同期は "${appendOnly.fsync}" で、毎秒(everysec)ではありません。`,
        { appendfsync: appendOnly.fsync },
      );
    }
    if (!appendOnly.isWritten) {
      add('append-only-failing', `${node} cannot write its append-only file.`, `${node} は AOF を書き込めません。`);
    }
  }
  if (snapshot.rule === '') {
    add('snapshots-off', `${node} makes no snapshots by itself.`, `${node} はスナップショットを自動作成しません。`);
  }
  if (!snapshot.isWritten) {
    add('snapshot-failing', `The last snapshot of ${node} failed.`, `${node} の直近のスナップショットは失敗しました。`);
  } else if (snapshot.writesSince > 0 && snapshot.ageMinutes > snapshotMinutes) {
    add(
      'snapshot-old',
      `The last snapshot of ${node} is ${snapshot.ageMinutes} minutes old and lacks ${snapshot.writesSince} writes; up to ${snapshotMinutes} minutes are well.`,
      `${node} の直近のスナップショットは ${snapshot.ageMinutes} 分前で、以降の書き込みが ${snapshot.writesSince} 件あります(許容 ${snapshotMinutes} 分)。`,
      { ...snapshot, limitMinutes: snapshotMinutes },
    );
  }
  return symptoms;
}
