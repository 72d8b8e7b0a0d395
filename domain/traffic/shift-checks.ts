/** Questions before and after a shift: whether a side is able, and whether the split is as planned everywhere. */
import type { Text } from '../text.ts';
import type { Check } from '../verification.ts';
import { isSaved } from './judge-traffic.ts';
import type { ProbeResult } from './judge-watch.ts';
import { endOf, settingsAt, splitOf, type ShiftPlan } from './shift-plan.ts';
import { isWhole, otherThan, sees, silenceOf, type ProxyReport, type Sides } from './words.ts';

const check = (id: string, ok: boolean, well: Text, ill: Text): Check => ({ id, ok, sentence: ok ? well : ill });

/** Whether the side could take requests now: every server of it, at every proxy, and our own probe. */
export const checkSide = (side: string, reports: readonly ProxyReport[], sides: Sides, probe: ProbeResult): Check[] => [
  ...reports.flatMap((report) => checkUp(report, sides[side]!)),
  checkProbe(side, probe),
];

/** A name sees no server: there the probe alone says who is up. */
function checkUp(report: ProxyReport, names: readonly string[]): Check[] {
  const { node } = report;
  if (!isWhole(report) || !sees(report)) return [checkAnswers(report)];
  const away = names.filter((name) => {
    const found = report.servers.find(({ server }) => server === name);
    return found === undefined || !found.isUp || found.state === 'maint';
  });
  return [
    check(
      `up-${node}`,
      away.length === 0,
      { en: `${node} sees ${names.join(', ')} up.`, ja: `${node} から見て ${names.join('、')} は稼働中です。` },
      { en: `${node} does not see ${away.join(', ')} up.`, ja: `${node} から見て ${away.join('、')} は稼働していません。` },
    ),
  ];
}

const checkAnswers = (report: ProxyReport): Check => {
  const { node } = report;
  const why = silenceOf(report);
  return check(
    `answers-${node}`,
    why === undefined,
    { en: `${node} answers.`, ja: `${node} は応答しています。` },
    { en: `${node} does not answer: ${why}`, ja: `${node} が応答しません: ${why}` },
  );
};

const checkProbe = (side: string, { ok, ms, said }: ProbeResult): Check =>
  check(
    `probe-${side}`,
    ok,
    { en: `The probe of ${side} is well after ${ms} ms.`, ja: `${side} のプローブは ${ms} ミリ秒で正常です。` },
    { en: `The probe of ${side} failed: ${said}.`, ja: `${side} のプローブが失敗: ${said}。` },
  );

/** `probe` is that of the side that has gained. */
export function checkShift(plan: ShiftPlan, reports: readonly ProxyReport[], probe: ProbeResult): Check[] {
  const end = endOf(plan);
  return [
    ...reports.flatMap((report): Check[] => {
      const { node } = report;
      if (!isWhole(report) || !plan.proxies.some((proxy) => proxy.node === node)) return [checkAnswers(report)];
      const wanted = settingsAt(plan, node, end);
      const names = otherThan(wanted, report);
      return [
        check(
          `split-${node}`,
          names.length === 0,
          { en: `${node} has ${splitOf(plan, end)}.`, ja: `${node} の配分は ${splitOf(plan, end)} です。` },
          { en: `${node} has ${names.join(', ')} otherwise.`, ja: `${node} の ${names.join('、')} が計画と異なります。` },
        ),
        ...checkUp(report, wereUp(plan, node)),
        ...(report.saved === undefined
          ? []
          : [
              check(
                `saved-${node}`,
                isSaved(report.servers, report.saved, plan.sides),
                { en: `A restart of ${node} keeps the split.`, ja: `${node} は再起動後も配分を保ちます。` },
                { en: `A restart of ${node} would change the split.`, ja: `${node} は再起動すると配分が変わります。` },
              ),
            ]),
      ];
    }),
    ...(plan.isProbed ? [checkProbe(plan.side, probe)] : []),
  ];
}

const wereUp = ({ proxies, side }: ShiftPlan, node: string): string[] =>
  proxies
    .find((proxy) => proxy.node === node)!
    .servers.filter((server) => server.side === side && server.isUp)
    .map(({ server }) => server);
