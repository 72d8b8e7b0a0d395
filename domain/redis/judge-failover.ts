/** Whether servers stand as they should after a failover, held against what was known before it. */
import type { Symptom } from '../symptom.ts';
import type { Text } from '../text.ts';
import type { Check } from '../verification.ts';
import { isLive, isMaster, isReplica, type NodeReport } from './node-report.ts';

export interface Expected {
  readonly master: string;
  /** Nodes that nobody could bring back, and those that were away before. */
  readonly leftOut: readonly string[];
  /** What was wrong before is nobody's fault now. */
  readonly symptoms: readonly string[];
}

export function judgeFailover(
  { master, leftOut, symptoms }: Expected,
  reports: readonly NodeReport[],
  found: readonly Symptom[],
): Check[] {
  const masters = reports.filter(isMaster).map(({ node }) => node);
  const isAlone = masters.length === 1 && masters[0] === master;
  const history = reports.filter(isLive).find(({ node }) => node === master)?.history;
  const others = reports.filter(({ node }) => node !== master && !leftOut.includes(node));
  const away = others.filter((report) => !(isReplica(report) && follows(report) && report.history === history));
  const isNew = ({ id, evidence }: Symptom): boolean =>
    !symptoms.includes(id) && !aboutTheNext.has(id) && !leftOut.includes(String(evidence?.['node']));
  const drift = found.find(isNew);
  return [
    check('one-master', isAlone, isAlone ? takesWrites(master) : severalOrOther(masters)),
    check(
      'followers',
      away.length === 0,
      away.length === 0
        ? allFollow(others.length)
        : notFollowing(
            away.map(({ node }) => node),
            master,
          ),
    ),
    check(
      'no-drift',
      drift === undefined,
      drift?.sentence ?? { en: 'Nothing is wrong that was not before.', ja: '新たな異常はありません。' },
    ),
  ];
}

/** Whether anybody could take over next time is told by the diagnosis, and no fault of this one. */
const aboutTheNext = new Set(['nobody-to-promote', 'may-not-take-over', 'certificate-ends']);
const follows = (report: NodeReport): boolean =>
  isReplica(report) && report.role.isLinked && report.role.hasCopied && report.role.isReadOnly && !report.isLoading;
const check = (id: string, ok: boolean, sentence: Text): Check => ({ id, ok, sentence });
const takesWrites = (master: string): Text => ({
  en: `${master} alone takes writes.`,
  ja: `書き込み可能なのは ${master} だけです。`,
});
const severalOrOther = (masters: readonly string[]): Text => ({
  en: `These take writes: ${masters.join(', ') || 'none'}.`,
  ja: `書き込み可能なノード: ${masters.join('、') || 'なし'}。`,
});
const allFollow = (count: number): Text => ({ en: `${count} replicas follow it.`, ja: `レプリカ ${count} 台が追従しています。` });
const notFollowing = (nodes: readonly string[], master: string): Text => ({
  en: `${nodes.join(', ')} does not follow ${master}.`,
  ja: `${nodes.join('、')} が ${master} に追従していません。`,
});

/** Keys that expire are no loss; half of them gone is more than time. */
export function judgeKeys(before: number, after: number): Check {
  return check('keys', after * 2 >= before, {
    en: `${after} keys are there; the successor held ${before} before.`,
    ja: `キーは ${after} 件です(切替前の後継ノードは ${before} 件)。`,
  });
}

/** What the old master wrote last, after which it wrote nothing more. */
export function judgeMark(wanted: string, found: string | null): Check {
  const ok = found === wanted;
  return check(
    'mark',
    ok,
    ok
      ? { en: 'What the old master wrote last is there.', ja: '旧マスターの最後の書き込みが残っています。' }
      : { en: 'What the old master wrote last is missing.', ja: '旧マスターの最後の書き込みがありません。' },
  );
}

export function judgeFile(file: string, { exitCode, said }: { readonly exitCode: number; readonly said: string }): Check {
  return check(
    `file-${file}`,
    exitCode === 0,
    exitCode === 0
      ? { en: `${file} is whole on the disk.`, ja: `${file} は正常です。` }
      : { en: `${file} is damaged: ${said}`, ja: `${file} が破損しています: ${said}` },
  );
}

/** Nobody says that they are whole. */
export const judgeUnread = (node: string, said: string): Check =>
  check('files', false, {
    en: `The files of ${node} could not be checked: ${said}`,
    ja: `${node} のファイルを検査できません: ${said}`,
  });
