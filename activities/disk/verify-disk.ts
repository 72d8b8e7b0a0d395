/** Looks whether room was made and the log is whole. Changes nothing. */
import { checkDisk } from '../../domain/disk/disk-checks.ts';
import { isTemporary, logsFolder } from '../../domain/tool-store/layout.ts';
import type { Check } from '../../domain/verification.ts';
import type { Ports } from '../ports/index.ts';
import { requireRoot, toolStoreTarget, withinTarget } from '../tool-store/target.ts';
import { beginsWithHead, holdsHead, logOf, readArchivePlan } from './plan-archive.ts';

export async function verifyDisk(
  ports: Ports,
  input: { readonly target: string; readonly plan?: string | undefined; readonly freeBefore: number },
  signal?: AbortSignal,
): Promise<readonly Check[]> {
  const target = toolStoreTarget(ports, input.target);
  await requireRoot(ports, target);
  const { root } = target;
  const archived = input.plan === undefined ? undefined : await readArchivePlan(ports, input.plan, target.id);
  const head = archived?.head ?? undefined;
  return withinTarget(target, async () => {
    const log = logOf(target);
    const inLogs = await ports.files.scan({ root, path: logsFolder });
    return checkDisk({
      space: (await ports.disk.lookAtFileSystem(root)) ?? { freeBytes: 0, totalBytes: 0 },
      freeBefore: input.freeBefore,
      archived: head && archived,
      archiveHolds: head !== undefined && (await holdsHead(ports, { root, path: archived!.archive }, head, signal)),
      logBegins: head !== undefined && (await beginsWithHead(ports, log, head, signal)),
      // A store without any log has none to keep.
      logThere: head === undefined || (await ports.files.look(log))?.kind === 'file',
      leftovers: inLogs.filter(({ path }) => isTemporary(path)).map(({ path }) => path),
    });
  });
}
