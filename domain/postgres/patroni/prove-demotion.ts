/** Whether it is proven that nobody but the leader takes writes, in a cluster where Patroni alone starts and stops servers. */
import type { Check } from '../../verification.ts';
import { isPrimary, isStandby, type NodeReport } from '../node-report.ts';
import type { PatroniView } from './patroni-view.ts';

/** One look at a server that is not the leader. `isPortRefused`: its machine answers that nothing listens there. */
export interface OtherServer {
  readonly report: NodeReport;
  readonly isPortRefused: boolean;
}

/**
 * A server that is not there comes up through Patroni, and Patroni starts none that takes writes beside the lock. Not reached is
 * not gone.
 */
export function proveDemotion(patroni: PatroniView, leader: string, others: readonly OtherServer[]): Check[] {
  const holder = patroni.leader ?? null;
  const lock: Check = {
    id: 'leader-lock',
    ok: holder === leader,
    sentence:
      holder === leader
        ? { en: `${leader} holds the lock.`, ja: `${leader} がロックを保持しています。` }
        : { en: `By Patroni ${holder ?? 'nobody'} holds the lock.`, ja: `Patroni ではロック保持者は ${holder ?? '不在'} です。` },
  };
  return [lock, ...others.map(proveOne)];
}

function proveOne({ report, isPortRefused }: OtherServer): Check {
  const { node } = report;
  const id = `fence-${node}`;
  if (isStandby(report)) return { id, ok: true, sentence: { en: `${node} is a standby.`, ja: `${node} はスタンバイです。` } };
  if (isPrimary(report)) return { id, ok: false, sentence: notProven(node, 'it takes writes', '書き込みを受け付けています') };
  if (isPortRefused) {
    return {
      id,
      ok: true,
      sentence: {
        en: `Nothing listens on the port of ${node}; Patroni starts it as a standby.`,
        ja: `${node} のポートは閉じており、Patroni が起動すればスタンバイになります。`,
      },
    };
  }
  return {
    id,
    ok: false,
    // A leader that froze for longer than its lease lasts may put its key anew when it wakes, past the one that leads by then.
    sentence: notProven(
      node,
      'it does not answer, and nobody can say whether it is gone. Switch its machine off, then try again: if it only hangs, it may take the lock back when it wakes, and what the new leader took is lost',
      '応答がなく、停止したかどうか不明です。マシンの電源を切ってから再試行してください。固まっているだけの場合、復帰時にロックを取り返し、新しいリーダーが受け付けた書き込みが失われることがあります',
    ),
  };
}

const notProven = (node: string, en: string, ja: string) => ({
  en: `The fence of ${node} is not proven: ${en}.`,
  ja: `${node} のフェンスを確認できません: ${ja}。`,
});
