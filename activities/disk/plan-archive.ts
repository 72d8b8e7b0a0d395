/** Plans an archive: finds the old lines at the beginning of the log and a name for them. Changes nothing. */
import {
  archiveFolder,
  archivePath,
  archivePlan,
  borderOf,
  headOfArchive,
  type ArchivePlan,
  type LogHead,
} from '../../domain/disk/archive-plan.ts';
import type { Plan } from '../../domain/recovery.ts';
import { auditLog } from '../../domain/tool-store/layout.ts';
import type { Place } from '../ports/file-tree.ts';
import type { Ports } from '../ports/index.ts';
import { keepWholePlan, readWholePlan } from '../records/plans.ts';
import { checkedName } from '../records/checked-name.ts';
import { requireRoot, toolStoreTarget, withinTarget, type ToolStoreTarget } from '../tool-store/target.ts';

const dayMs = 86_400_000;

export async function planArchive(
  ports: Ports,
  input: { readonly target: string; readonly recovery: string; readonly olderThanDays?: number | undefined },
  signal?: AbortSignal,
): Promise<Plan> {
  const target = toolStoreTarget(ports, input.target);
  await requireRoot(ports, target);
  const olderThanMs = input.olderThanDays === undefined ? target.archiveAfter : input.olderThanDays * dayMs;
  const before = borderOf(Date.now(), olderThanMs);
  return withinTarget(target, async () => {
    const log = logOf(target);
    const facts = await ports.files.look(log);
    const head = facts?.kind === 'file' ? await ports.logArchives.readHead(log, before, signal) : undefined;
    const plan = archivePlan({
      target: target.id,
      before,
      head: head ?? null,
      archive: head === undefined ? '' : await freePath(ports, target, head, signal),
      missingFolder: (await ports.files.look({ root: target.root, path: archiveFolder })) === undefined,
    });
    const ref = await keepWholePlan(ports.records, checkedName(input.recovery), plan);
    return headOfArchive(plan, ref, auditLog, facts?.bytes ?? 0);
  });
}

export const logOf = ({ root }: ToolStoreTarget): Place => ({ root, path: auditLog });

/** What lies there under the usual name and is not this head is left alone. */
async function freePath(ports: Ports, { root }: ToolStoreTarget, head: LogHead, signal?: AbortSignal): Promise<string> {
  const path = archivePath(head, false);
  if ((await ports.files.look({ root, path })) === undefined) return path;
  return (await holdsHead(ports, { root, path }, head, signal)) ? path : archivePath(head, true);
}

/** Whether there is an archive that unpacks to exactly these lines. */
export async function holdsHead(ports: Ports, archive: Place, head: LogHead, signal?: AbortSignal): Promise<boolean> {
  if ((await ports.files.look(archive))?.kind !== 'file') return false;
  try {
    const { sha256, bytes } = await ports.logArchives.readPacked(archive, signal);
    return sha256 === head.sha256 && bytes === head.bytes;
  } catch (error) {
    if ((error as { type?: unknown }).type === 'archive-unreadable') return false;
    throw error;
  }
}

/** Whether the log still begins with these lines. */
export async function beginsWithHead(ports: Ports, log: Place, head: LogHead, signal?: AbortSignal): Promise<boolean> {
  const facts = await ports.files.look(log);
  if (facts?.kind !== 'file' || facts.bytes < head.bytes) return false;
  return (await ports.logArchives.readHash(log, head.bytes, signal)).sha256 === head.sha256;
}

/** A kept plan, for this target. Fails: plan-changed. */
export const readArchivePlan = (ports: Ports, ref: string, target: string): Promise<ArchivePlan> =>
  readWholePlan(ports.records, ref, target);
