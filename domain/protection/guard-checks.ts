/** Questions about a protection that was raised, and about one that was lowered: whether every proxy has exactly that, and keeps it. */
import type { Text } from '../text.ts';
import type { Check } from '../verification.ts';
import type { ProbeResult } from '../traffic/judge-watch.ts';
import { isCovered } from './networks.ts';
import { deniedThough } from './prepared.ts';
import { isOurLimit, limitBefore, raisedAt, type ProtectionPlan } from './protection-plan.ts';
import { isGuarded, isSameGuard, type GuardReport, type LiveGuard } from './words.ts';

const check = (id: string, ok: boolean, well: Text, ill: Text): Check => ({ id, ok, sentence: ok ? well : ill });

interface World {
  readonly reports: readonly GuardReport[];
  readonly never: readonly string[];
  readonly probe: ProbeResult;
}

/** Whether the proxy has what these plans gave it; that somebody has made it stricter is well. */
export function isRaised(plans: readonly ProtectionPlan[], { node, limit, denied }: LiveGuard): boolean {
  const raised = raisedAt(plans, node);
  if (raised === undefined) return true;
  return limit !== undefined && limit > 0 && limit <= raised.limit && raised.denied.every((one) => isCovered(one, denied));
}

export const checkRaised = (plans: readonly ProtectionPlan[], world: World): Check[] =>
  checkAll(world, (guard) =>
    check(
      `raised-${guard.node}`,
      isRaised(plans, guard),
      { en: `${guard.node} is protected as planned.`, ja: `${guard.node} は計画どおり防御中です。` },
      { en: `${guard.node} is not protected as planned.`, ja: `${guard.node} の防御が計画と異なります。` },
    ),
  );

/** Nothing that these plans brought is left; what somebody else has set since is his. */
export const checkLowered = (plans: readonly ProtectionPlan[], world: World): Check[] =>
  checkAll(world, (guard) => {
    const { node, limit, denied } = guard;
    const isBack = limit === limitBefore(plans, node) || !isOurLimit(plans, node, limit);
    const left = (raisedAt(plans, node)?.denied ?? []).filter((one) => denied.includes(one));
    return check(
      `lowered-${node}`,
      isBack && left.length === 0,
      { en: `${node} has the limits of before.`, ja: `${node} の制限は元どおりです。` },
      {
        en: `${node} still has ${isBack ? `${left.join(', ')} denied` : `the limit ${limit}`}.`,
        ja: `${node} に ${isBack ? `${left.join('、')} の拒否` : `制限 ${limit}`} が残っています。`,
      },
    );
  });

function checkAll({ reports, never, probe }: World, own: (guard: LiveGuard) => Check): Check[] {
  return [
    ...reports.flatMap((report) => (isGuarded(report) ? [own(report), ...checkKept(report, never)] : [silent(report)])),
    checkProbe(probe),
  ];
}

function checkKept(guard: LiveGuard, never: readonly string[]): Check[] {
  const { node, saved } = guard;
  const denied = deniedThough(guard, never);
  return [
    check(
      `never-${node}`,
      denied.length === 0,
      { en: `${node} denies nobody who must not be.`, ja: `${node} は拒否禁止の宛先を拒否していません。` },
      { en: `${node} denies ${denied.join(', ')}.`, ja: `${node} が ${denied.join('、')} を拒否しています。` },
    ),
    ...(saved === undefined
      ? []
      : [
          check(
            `saved-${node}`,
            isSameGuard(guard, saved),
            { en: `A restart of ${node} keeps it.`, ja: `${node} は再起動後も同じです。` },
            { en: `A restart of ${node} would change it.`, ja: `${node} は再起動すると変わります。` },
          ),
        ]),
  ];
}

const silent = ({ node, said }: Exclude<GuardReport, LiveGuard>): Check => ({
  id: `answers-${node}`,
  ok: false,
  sentence: { en: `${node} does not answer: ${said}`, ja: `${node} が応答しません: ${said}` },
});

const checkProbe = ({ ok, ms, said }: ProbeResult): Check =>
  check(
    'probe',
    ok,
    { en: `Our own probe is answered after ${ms} ms.`, ja: `プローブに ${ms} ミリ秒で応答がありました。` },
    { en: `Our own probe failed: ${said}.`, ja: `プローブが失敗: ${said}。` },
  );
