/** Makes a machine fit for a tool store: folders and agent package, by plan, and back. */
import { fail } from '../../domain/fail.ts';
import { decideEnvironment, environmentHead, systemFolders, type EnvironmentPlan } from '../../domain/full-system/environment.ts';
import type { Plan } from '../../domain/recovery.ts';
import { keepWholePlan, readWholePlan } from '../records/plans.ts';
import type { Ports } from '../ports/index.ts';
import { checkedName } from '../records/checked-name.ts';
import { explainWrite, toolStoreTarget, withinTarget, type ToolStoreTarget } from '../tool-store/target.ts';
import { install, installationOf, isThere, uninstall } from './agent-package.ts';

export async function planEnvironment(
  ports: Ports,
  input: { readonly target: string; readonly recovery: string },
): Promise<Plan> {
  const target = toolStoreTarget(ports, input.target);
  const { root } = target;
  const missing = (await isThere(ports, root)) ? await missingFolders(ports, target) : ['', ...systemFolders];
  const plan = decideEnvironment(target.id, missing, await installationOf(ports, target));
  const ref = await keepWholePlan(ports.records, checkedName(input.recovery), plan);
  return environmentHead(plan, ref);
}

async function missingFolders(ports: Ports, target: ToolStoreTarget): Promise<readonly string[]> {
  const { root } = target;
  const missing: string[] = [];
  for (const path of systemFolders) {
    const facts = await withinTarget(target, () => ports.files.look({ root, path }));
    if (facts === undefined) missing.push(path);
    else if (facts.kind !== 'folder') {
      throw fail('target-missing', {
        en: `${path} in ${root} is not a folder; move it away.`,
        ja: `${root} の ${path} はフォルダーではありません。移動してください。`,
      });
    }
  }
  return missing;
}

export async function applyEnvironment(
  ports: Ports,
  input: { readonly target: string; readonly plan: string; readonly digest: string },
  signal?: AbortSignal,
): Promise<{ folders: number; installed: string }> {
  const target = toolStoreTarget(ports, input.target);
  const { root } = target;
  const plan = await readWholePlan<EnvironmentPlan>(ports.records, input.plan, target.id);
  if (plan.digest !== input.digest) throw changed(input.plan);
  const now = await installationOf(ports, target);
  const { agent } = plan;
  const sameAgent = now?.name === agent?.name && now?.prefix === agent?.prefix && now?.version === agent?.version;
  if (agent !== null && (!sameAgent || (now!.before !== agent.before && now!.before !== agent.version && now!.before !== null))) {
    throw changed(agent.prefix);
  }
  try {
    await withinTarget(target, async () => {
      for (const path of plan.folders) await ports.files.makeFolder({ root, path });
    });
  } catch (error) {
    throw await explainWrite(error, root, 0, () => ports.files.freeBytes(root));
  }
  if (agent !== null && now!.before !== agent.version) await install(ports, agent, agent.version, signal);
  return { folders: plan.folders.length, installed: agent === null ? '' : `${agent.name} ${agent.version}` };
}

export async function undoEnvironment(
  ports: Ports,
  input: { readonly target: string; readonly plan: string },
  signal?: AbortSignal,
): Promise<{ folders: number }> {
  const target = toolStoreTarget(ports, input.target);
  const plan = await readWholePlan<EnvironmentPlan>(ports.records, input.plan, target.id);
  const { agent } = plan;
  if (agent !== null && (await isThere(ports, agent.prefix))) {
    // A folder that was not there is ours as a whole.
    if (!agent.prefixThere) await ports.files.removeTree({ root: agent.prefix, path: '' });
    else if (agent.before === null) await uninstall(ports, agent, signal);
    else await install(ports, agent, agent.before, signal);
  }
  for (const path of plan.folders.toReversed()) await ports.files.removeIfEmpty({ root: target.root, path });
  return { folders: plan.folders.length };
}

const changed = (what: string) =>
  fail('plan-changed', {
    en: `Since the plan was made, something changed: ${what}.`,
    ja: `計画の後に変化がありました: ${what}。`,
  });
