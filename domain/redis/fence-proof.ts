/** Whether it is certain that nobody but the successor can take writes: a question a node, each answered with a sentence. */
import type { SilentNode } from '../silent-node.ts';
import type { Text } from '../text.ts';
import type { Check } from '../verification.ts';
import type { FencePlan, Processes, Seen } from './fence-plan.ts';
import { isLive, isMaster, isReplica, type LiveNode, type NodeReport } from './node-report.ts';

/** Never empty: the successor itself is asked as well, whether somebody feeds it still. */
export function proveFence({ successor, suspects }: Pick<FencePlan, 'successor' | 'suspects'>, seen: Seen): Check[] {
  const isAnyThere = seen.reports.some((report) => isLive(report) && suspects.includes(report.node));
  return seen.reports.flatMap((report): Check[] => {
    const { node } = report;
    if (node === successor) return [checkFed(report, isAnyThere)];
    if (isLive(report)) return [checkLive(report)];
    return suspects.includes(node) ? [checkSilent(report, seen.states.get(node), seen.beyondReach.get(node))] : [];
  });
}

const check = (id: string, ok: boolean, sentence: Text): Check => ({ id: `fence-${id}`, ok, sentence });

/** A replica whose link is up has a master that lives, unless it is an old one that answers as a replica itself by now. */
function checkFed(report: NodeReport, isAnyThere: boolean): Check {
  const { node } = report;
  if (!isLive(report)) return check(node, false, { en: `${node} does not answer.`, ja: `${node} が応答しません。` });
  const isFed = isReplica(report) && report.role.isLinked && !isAnyThere;
  return check(
    node,
    !isFed,
    isFed
      ? {
          en: `The fence is not proven: ${node} still receives from its master.`,
          ja: `フェンスを確認できません。${node} は今もマスターから受信しています。`,
        }
      : { en: `${node} receives from no master.`, ja: `${node} はどのマスターからも受信していません。` },
  );
}

function checkLive(report: LiveNode): Check {
  const { node } = report;
  const writes = isMaster(report) || (isReplica(report) && !report.role.isReadOnly);
  return check(
    node,
    !writes,
    writes
      ? {
          en: `The fence is not proven: ${node} takes writes.`,
          ja: `フェンスを確認できません。${node} が書き込みを受け付けています。`,
        }
      : { en: `${node} answers as a read-only replica.`, ja: `${node} は読み取り専用レプリカとして応答しています。` },
  );
}

function checkSilent({ node, why, said }: SilentNode, state: Processes | undefined, unasked: string | undefined): Check {
  if (state === undefined) {
    const because = unasked === undefined ? '' : ` (${unasked})`;
    return check(node, false, {
      en: `The fence is not proven: nobody can say whether ${node} is gone${because}.`,
      ja: `フェンスを確認できません。${node} が停止したかどうか不明です${because}。`,
    });
  }
  if (state !== 'gone') {
    return check(node, false, {
      en: `The fence is not proven: the process of ${node} is ${state}.`,
      ja: `フェンスを確認できません。${node} のプロセスが残っています(${state})。`,
    });
  }
  const isRefused = why === 'unreachable' && said.includes('ECONNREFUSED');
  return check(
    node,
    isRefused,
    isRefused
      ? { en: `${node} has no process, and its port refuses.`, ja: `${node} のプロセスはなく、ポートも接続を拒否します。` }
      : {
          en: `The fence is not proven: somebody listens on the port of ${node}: ${said}`,
          ja: `フェンスを確認できません。${node} のポートで何かが待ち受けています: ${said}`,
        },
  );
}
