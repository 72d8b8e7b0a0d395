/** The server of a database that took the place of another: waited for while it comes, and promoted. */
import { fail } from '../../../domain/fail.ts';
import { isLive, isPrimary, type NodeReport } from '../../../domain/postgres/node-report.ts';
import { isShut, judgeSilence, type SilentNode } from '../../../domain/silent-node.ts';
import type { BackedUpPostgres } from '../../postgres-backups/target.ts';
import type { Ports } from '../../ports/index.ts';
import type { MachineNode } from '../../ports/node-control.ts';
import { nodeOf } from '../target.ts';

export interface SeatedServer {
  readonly ports: Ports;
  readonly target: BackedUpPostgres;
  readonly node: MachineNode;
  readonly signal: AbortSignal | undefined;
}

const lookEveryMs = 100;
/** For what lies in its log since its last checkpoint, which is a matter of minutes. */
const answerMs = 300_000;

/** It takes writes once it has replayed to its goal again; its timeline. `cut-over-failed` where it ends or refuses our login. May run twice. */
export async function untilPrimary(server: SeatedServer): Promise<number> {
  return (await untilItIs(isPrimary, server)).timeline;
}

/** It is asked when it is far enough in its log to be asked at all; then as above. `cut-over-failed` also where it stays silent. May run twice. */
export async function promote(server: SeatedServer): Promise<number> {
  const report = await untilItIs(isLive, server, answerMs);
  const { ports, target, node, signal } = server;
  if (!isPrimary(report)) await ports.postgres.promote(nodeOf(target, node.id), target, signal);
  return untilPrimary(server);
}

/** As long as it has processes; a goal may lie hours of log away. */
async function untilItIs<R extends NodeReport>(
  isSo: (report: NodeReport) => report is R,
  { ports, target, node, signal }: SeatedServer,
  patienceMs = Infinity,
): Promise<R> {
  for (const until = performance.now() + patienceMs; ;) {
    signal?.throwIfAborted();
    const report = await ports.postgres.look(nodeOf(target, node.id), target, signal);
    if (isSo(report)) return report;
    if (!report.answers && isShut(report)) throw shut(report);
    if (!report.answers && performance.now() > until) throw unheard(report);
    if ((await ports.nodeControl.state(node)).processes === 'gone') throw gone(node.id);
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

/** Waiting would not help. */
const shut = (node: SilentNode) => {
  const { en, ja } = judgeSilence(node).sentence;
  return fail('cut-over-failed', {
    en: `${en}. It has the roles and passwords of its own time: set them there as they are now and try again, or roll back.`,
    ja: `${ja}。ロールとパスワードはそのデータベースの当時のものです。現在のものに設定して再試行するか、ロールバックしてください。`,
  });
};

const unheard = (node: SilentNode) => {
  const { en, ja } = judgeSilence(node).sentence;
  return fail('cut-over-failed', {
    en: `${en}, for ${answerMs / 60_000} minutes. Its log says why; try again to go on waiting, or roll back.`,
    ja: `${ja}(${answerMs / 60_000} 分経過)。ログを確認してください。待ち続けるには再試行、やめるにはロールバックしてください。`,
  });
};

const gone = (node: string) =>
  fail('cut-over-failed', {
    en: `The server of ${node} ended on its way to the moment; its log says why.`,
    ja: `${node} のサーバーが復旧の途中で終了しました。ログを確認してください。`,
  });
