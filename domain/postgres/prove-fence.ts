/** Whether it is proven that nobody but the successor takes writes, now or when somebody wakes or starts a node. */
import { isShut } from '../silent-node.ts';
import type { Text } from '../text.ts';
import type { Check } from '../verification.ts';
import { isLive, isPrimary, type NodeReport } from './node-report.ts';
import type { NodeState } from './node-state.ts';
import type { ClusterView } from './cluster-view.ts';
import { takesNoWrites } from './situation.ts';

/** One check for every other node that was suspected or answers as a primary. Not reached is not gone. */
export function proveFence(
  { reports, states, beyondReach }: Omit<ClusterView, 'limits'>,
  successor: string,
  suspected: readonly string[],
): Check[] {
  const others = reports.filter(({ node }) => node !== successor);
  const asked = others.filter((report) => suspected.includes(report.node) || isPrimary(report));
  const checks = asked.map((report) => proveOne(report, states.get(report.node), beyondReach?.get(report.node)));
  return checks.length > 0 ? checks : [{ id: 'fence', ok: true, sentence: nobodyElse(successor) }];
}

function proveOne(report: NodeReport, state: NodeState | undefined, said: string | undefined): Check {
  const { node } = report;
  const id = `fence-${node}`;
  if (takesNoWrites(report, state)) {
    return { id, ok: true, sentence: proven(node, isLive(report) || state?.processes !== 'gone') };
  }
  const [en, ja] = whyNot(report, state, said);
  return {
    id,
    ok: false,
    sentence: { en: `The fence of ${node} is not proven: ${en}.`, ja: `${node} のフェンスを確認できません: ${ja}。` },
  };
}

function whyNot(report: NodeReport, state: NodeState | undefined, said = ''): readonly [string, string] {
  if (isLive(report)) return ['it takes writes', '書き込みを受け付けています'];
  if (state === undefined && isShut(report)) {
    return [`it answers and does not let us in (${report.said})`, `応答していますが接続を拒否されます(${report.said})`];
  }
  if (state === undefined) {
    const [en, ja] = ['it does not answer, and nobody can say whether it is gone', '応答がなく、停止したかどうか不明です'];
    return said === '' ? [en, ja] : [`${en} (${said})`, `${ja}(${said})`];
  }
  if (state.processes === 'running') return ['its processes run', 'プロセスが動作しています'];
  if (state.processes === 'frozen') return ['its processes are frozen', 'プロセスが停止状態(フリーズ)です'];
  if (state.isPortOpen) return ['something takes connections on its port', 'ポートが接続を受け付けています'];
  return ['it would come up as a primary', '再起動するとプライマリになります'];
}

const proven = (node: string, isThere: boolean): Text =>
  isThere
    ? { en: `${node} is a standby.`, ja: `${node} はスタンバイです。` }
    : {
        en: `${node} has no process, its port is closed, and whoever starts it, it takes no writes.`,
        ja: `${node} はプロセスがなく、ポートも閉じており、誰が起動しても書き込みを受け付けません。`,
      };

const nobodyElse = (successor: string): Text => ({
  en: `Nobody but ${successor} can take writes.`,
  ja: `${successor} 以外に書き込み可能なノードはありません。`,
});
