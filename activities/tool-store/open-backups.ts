/** All backups of a tool store: those in its repositories and those that the runbook's scripts left. */
import { toolMeasures } from '../../domain/tool-store/tool-measures.ts';
import type { BackupKind } from '../backup-keeping/backed-up.ts';
import type { BackupSet } from '../backup-keeping/backup-set.ts';
import { markSuspects, oneOf, openSets } from '../backup-keeping/open-sets.ts';
import type { Ports } from '../ports/index.ts';
import { openScriptSets } from './script-backups.ts';
import { toolStoreTarget, type ToolStoreTarget } from './target.ts';

/** Newest first, each marked suspect where it shrank. */
export async function openBackups(ports: Ports, target: ToolStoreTarget, signal?: AbortSignal): Promise<BackupSet[]> {
  const ours = await openSets(ports, target);
  return markSuspects([...ours, ...(await openScriptSets(ports, target, signal))], target.id, toolMeasures);
}

/** One of them. Fails: no-backup. */
export const openBackup = async (ports: Ports, target: ToolStoreTarget, id: string, signal?: AbortSignal): Promise<BackupSet> =>
  oneOf(await openBackups(ports, target, signal), target.id, id);

export const toolStoreBackups: BackupKind<ToolStoreTarget> = { target: toolStoreTarget, open: openBackups };
