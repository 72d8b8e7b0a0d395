/** Removes unfinished files of our own from a store: only what no attempt can still need. */
import { auditLog, fileNameOf, isTemporary, logsFolder, toolsFolder } from '../../domain/tool-store/layout.ts';
import type { Ports } from '../ports/index.ts';
import { explainWrite, requireRoot, toolStoreTarget, withinTarget } from '../tool-store/target.ts';

/** Who calls this holds the target, so that nobody of ours is at work there. */
export async function removeOwnLeftovers(
  ports: Ports,
  input: { readonly target: string },
): Promise<{ removed: number; bytes: number }> {
  const target = toolStoreTarget(ports, input.target);
  await requireRoot(ports, target);
  const { root } = target;
  return withinTarget(target, async () => {
    const inTools = await ports.files.scan({ root, path: toolsFolder });
    const inLogs = await ports.files.scan({ root, path: logsFolder });
    // An old log that was replaced may hold lines that are nowhere else yet.
    const mine = [...inTools, ...inLogs].filter(
      ({ path }) => isTemporary(path) && !path.endsWith(`-${fileNameOf(auditLog)}.tmp`),
    );
    try {
      for (const { path } of mine) await ports.files.remove({ root, path });
    } catch (error) {
      throw await explainWrite(error, root, 0, () => ports.files.freeBytes(root));
    }
    return { removed: mine.length, bytes: mine.reduce((sum, { bytes }) => sum + bytes, 0) };
  });
}
