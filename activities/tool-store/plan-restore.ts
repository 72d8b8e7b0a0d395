/** Plans a restore: looks at the store and the backup, decides, keeps the whole plan. Changes nothing. */
import { fail } from '../../domain/fail.ts';
import type { Plan } from '../../domain/recovery.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import { toolsFolder } from '../../domain/tool-store/layout.ts';
import { headOf } from '../../domain/tool-store/plan-head.ts';
import { decideRestore, type BackupFile, type LiveFile, type RestorePlan } from '../../domain/tool-store/restore-plan.ts';
import { naming } from '../../domain/tool-store/tool-limit.ts';
import { keepWholePlan, readWholePlan } from '../records/plans.ts';
import type { Ports } from '../ports/index.ts';
import { openBackup } from './open-backups.ts';
import { checkedName } from '../records/checked-name.ts';
import { readBackupFiles } from './read-backup.ts';
import { missingFolders, scanStore, type SeenFile } from './scan-store.ts';
import { requireRoot, toolStoreTarget, withinTarget, type ToolStoreTarget } from './target.ts';

export interface PlanRestoreInput {
  readonly target: string;
  readonly recovery: string;
  readonly backup: string;
  readonly tools?: readonly string[] | undefined;
}

export async function planRestore(ports: Ports, input: PlanRestoreInput, signal?: AbortSignal): Promise<Plan> {
  const target = toolStoreTarget(ports, input.target);
  await requireRoot(ports, target);
  const set = await openBackup(ports, target, input.backup, signal);
  const files = await readBackupFiles(set, signal);
  const store = await scanStore(ports, target, signal);
  const decision = decideRestore({
    target: target.id,
    backup: set.id,
    manifest: set.manifest!.digest,
    tools: input.tools,
    live: [...store.tools.map(withoutFacts), ...(await foldersInTheWay(ports, target, files, store.tools))],
    liveLogs: store.logs.map(({ path }) => path),
    missingFolders: await missingFolders(
      ports,
      target,
      files.map(({ path }) => path),
    ),
    files,
    attributesKnown: set.source === 'okiagari',
    mayGiveAway: ports.files.mayGiveAway,
  });
  if ('unknown' in decision) throw unknownTools(set.id, decision.unknown, input.tools ?? []);
  if ('blocked' in decision) {
    throw fail('target-missing', {
      en: `${decision.blocked[0]} in ${target.root} is neither a file nor a link; move it away.`,
      ja: `${target.root} の ${decision.blocked[0]} はファイルでもリンクでもありません。移動してください。`,
    });
  }
  const { plan } = decision;
  const ref = await keepWholePlan(ports.records, checkedName(input.recovery), plan);
  return headOf(plan, ref);
}

const withoutFacts = ({ path, state, judged }: SeenFile): LiveFile => ({
  path,
  state,
  ...(judged === undefined ? {} : { judged }),
});

/** A listing shows no folders; one that bears the name of a file to restore must not pass for nothing. */
async function foldersInTheWay(
  ports: Ports,
  target: ToolStoreTarget,
  files: readonly BackupFile[],
  seen: readonly SeenFile[],
): Promise<LiveFile[]> {
  const known = new Set(seen.map(({ path }) => path));
  const unseen = files.filter(({ path }) => !known.has(path) && path.startsWith(`${toolsFolder}/`));
  const found = await inParallel(unseen, async ({ path }) => {
    const facts = await withinTarget(target, () => ports.files.look({ root: target.root, path }));
    return facts?.kind === 'folder' ? [{ path, state: { kind: facts.kind } }] : [];
  });
  return found.flat();
}

function unknownTools(backup: string, unknown: readonly string[], asked: readonly string[]) {
  const named = naming(unknown);
  return fail(
    'unknown-tool',
    { en: `${backup} does not hold ${named.en}.`, ja: `${backup} に ${named.ja} はありません。` },
    { errors: unknown.map((tool) => ({ path: `tools.${asked.indexOf(tool)}`, message: `${backup} does not hold ${tool}` })) },
  );
}

/** A kept plan, for this target. Fails: plan-changed. */
export const readPlan = (ports: Ports, ref: string, target: string): Promise<RestorePlan> =>
  readWholePlan(ports.records, ref, target);
