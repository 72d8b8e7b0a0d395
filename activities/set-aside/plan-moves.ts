/** Plans moves: looks at the store, decides, keeps the whole plan. Changes nothing. */
import { fail } from '../../domain/fail.ts';
import type { Plan } from '../../domain/recovery.ts';
import { decideBringBack } from '../../domain/set-aside/decide-bring-back.ts';
import { decideSetAside } from '../../domain/set-aside/decide-set-aside.ts';
import { asideFolderPath, type AsideFolder, type MovePlan } from '../../domain/set-aside/move-plan.ts';
import { headOfMoves } from '../../domain/set-aside/plan-head.ts';
import type { SetAsideWorld } from '../../domain/set-aside/set-aside-world.ts';
import type { Text } from '../../domain/text.ts';
import { toolsFolder } from '../../domain/tool-store/layout.ts';
import { naming } from '../../domain/tool-store/tool-limit.ts';
import type { Ports } from '../ports/index.ts';
import { keepWholePlan, readWholePlan } from '../records/plans.ts';
import { checkedName } from '../records/checked-name.ts';
import { requireRoot, toolStoreTarget, withinTarget, type ToolStoreTarget } from '../tool-store/target.ts';
import type { SetAsideActivities } from './interface.ts';
import { lookAtTools } from './look-at-tools.ts';

type Input<Name extends keyof SetAsideActivities> = Parameters<SetAsideActivities[Name]>[0];

export async function planSetAside(ports: Ports, input: Input<'planSetAside'>, signal?: AbortSignal): Promise<Plan> {
  const { into, tools, note, recovery } = input;
  const target = toolStoreTarget(ports, input.target);
  const decision = decideSetAside(await worldOf(ports, target, into, signal), { tools, into, note });
  if ('unknown' in decision) throw unknownTools(decision.unknown, toolsFolder);
  return keep(ports, recovery, decision.plan);
}

export async function planBringBack(ports: Ports, input: Input<'planBringBack'>, signal?: AbortSignal): Promise<Plan> {
  const { tools, from, recovery, finding } = input;
  const target = toolStoreTarget(ports, input.target);
  const world = await worldOf(ports, target, from, signal);
  const why = finding === undefined ? asked : foundOut(finding);
  const needsPeople = from === 'quarantine' ? quarantined(finding) : undefined;
  const decision = decideBringBack(world, { tools, from, why, needsPeople });
  if ('unknown' in decision) throw unknownTools(decision.unknown, asideFolderPath(from), tools);
  if ('unreadable' in decision) {
    const some = decision.unreadable.slice(0, 5);
    throw fail('tool-unreadable', { en: some.map(({ en }) => en).join(' '), ja: some.map(({ ja }) => ja).join('') });
  }
  if ('clash' in decision) throw fail('tool-clash', decision.clash);
  return keep(ports, recovery, decision.plan);
}

const asked: Text = { en: 'It was asked for.', ja: '依頼されました。' };
const foundOut = (finding: string): Text => ({ en: `Found: ${finding}`, ja: `調査結果: ${finding}` });
const quarantined = (finding: string | undefined): Text => ({
  en: `They were in quarantine.${finding === undefined ? '' : ` Found: ${finding}`}`,
  ja: `隔離されていたツールです。${finding === undefined ? '' : `調査結果: ${finding}`}`,
});

async function worldOf(ports: Ports, target: ToolStoreTarget, folder: AsideFolder, signal?: AbortSignal): Promise<SetAsideWorld> {
  await requireRoot(ports, target);
  const { live } = await lookAtTools(ports, target, folder, signal);
  const missingFolders: string[] = [];
  for (const path of [toolsFolder, asideFolderPath(folder)]) {
    const facts = await withinTarget(target, () => ports.files.look({ root: target.root, path }));
    if (facts === undefined) missingFolders.push(path);
  }
  return { target: target.id, live, missingFolders };
}

async function keep(ports: Ports, recovery: string, plan: MovePlan): Promise<Plan> {
  const ref = await keepWholePlan(ports.records, checkedName(recovery), plan);
  return headOfMoves(plan, ref);
}

function unknownTools(unknown: readonly string[], where: string, askedFor: readonly string[] = unknown) {
  const named = naming(unknown);
  return fail(
    'no-such-tool',
    { en: `${where} does not hold ${named.en}.`, ja: `${where} に ${named.ja} はありません。` },
    { errors: unknown.map((tool) => ({ path: `tools.${askedFor.indexOf(tool)}`, message: `${where} does not hold ${tool}` })) },
  );
}

/** A kept plan of moves, for this target. Fails: plan-changed. */
export const readMoves = (ports: Ports, target: ToolStoreTarget, ref: string): Promise<MovePlan> =>
  readWholePlan(ports.records, ref, target.id, 'moves');
