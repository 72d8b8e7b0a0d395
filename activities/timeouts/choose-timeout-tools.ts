/** Chooses the tools to disable, with the store before its eyes. */
import { fail } from '../../domain/fail.ts';
import { chooseTools, type ToolChoice } from '../../domain/timeouts/choose-tools.ts';
import { naming } from '../../domain/tool-store/tool-limit.ts';
import type { Ports } from '../ports/index.ts';
import { lookAtTools } from '../set-aside/look-at-tools.ts';
import { requireRoot, toolStoreTarget } from '../tool-store/target.ts';
import type { TimeoutActivities } from './interface.ts';

export async function chooseTimeoutTools(
  ports: Ports,
  input: Parameters<TimeoutActivities['chooseTimeoutTools']>[0],
  signal?: AbortSignal,
): Promise<ToolChoice> {
  const { tools: named, counts, atLeast } = input;
  const target = toolStoreTarget(ports, input.target);
  await requireRoot(ports, target);
  const { live } = await lookAtTools(ports, target, 'disabled', signal);
  const critical = target.criticalTools.map(({ name }) => name);
  const decision = chooseTools({ live, named, counts, atLeast, critical });
  if ('unknown' in decision) {
    const unknown = naming(decision.unknown, 5);
    throw fail(
      'no-such-tool',
      { en: `There is no tool ${unknown.en}.`, ja: `ツール ${unknown.ja} はありません。` },
      {
        errors: decision.unknown.map((tool) => ({ path: `tools.${named?.indexOf(tool)}`, message: `there is no tool ${tool}` })),
      },
    );
  }
  if ('critical' in decision) {
    const needed = naming(decision.critical, 5);
    throw fail('critical-tool', {
      en: `Critical, and needed to verify: ${needed.en}.`,
      ja: `検証に必要な重要ツールです: ${needed.ja}。`,
    });
  }
  return decision;
}
