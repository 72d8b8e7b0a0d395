/** Compares what a target holds with its git sources. Changes nothing. */
import { ApplicationFailure } from '@temporalio/common';
import type { SourceEntry } from '../../contracts/source-code.ts';
import { compareSource } from '../../domain/source-code/source-plan.ts';
import type { SourceComparison } from '../../domain/source-code/words.ts';
import type { FailureDetails } from '../../domain/failures.ts';
import type { Ports } from '../ports/index.ts';
import { requireRoot, toolStoreTarget, type ToolStoreTarget } from '../tool-store/target.ts';
import { viewSource } from './view-sources.ts';

const mostNames = 20;

export async function compareSources(
  ports: Ports,
  input: { readonly target: string },
  signal?: AbortSignal,
): Promise<readonly SourceComparison[]> {
  const target = toolStoreTarget(ports, input.target);
  await requireRoot(ports, target);
  const compared: SourceComparison[] = [];
  for (const source of target.sources) compared.push(await compareOne(ports, target, source, signal));
  return compared;
}

async function compareOne(
  ports: Ports,
  target: ToolStoreTarget,
  source: SourceEntry,
  signal?: AbortSignal,
): Promise<SourceComparison> {
  const head = { path: source.path, git: source.git, ref: source.ref };
  try {
    const view = await viewSource(ports, target, source, signal);
    const { missing, differing, extra, strange } = compareSource(view);
    return {
      ...head,
      commit: view.commit,
      counts: { missing: missing.length, differing: differing.length, extra: extra.length, strange: strange.length },
      missing: missing.slice(0, mostNames),
      differing: differing.slice(0, mostNames),
      extra: extra.slice(0, mostNames),
      strange: strange.slice(0, mostNames),
    };
  } catch (error) {
    // A repository that is away must not hide what the others show.
    if (!(error instanceof ApplicationFailure) || !/^(source|target)-/.test(error.type ?? '')) throw error;
    const { ja } = (error.details?.[0] ?? {}) as FailureDetails;
    return {
      ...head,
      counts: { missing: 0, differing: 0, extra: 0, strange: 0 },
      ...{ missing: [], differing: [], extra: [], strange: [] },
      fault: { en: error.message, ja: ja ?? error.message },
    };
  }
}
