/** Looks at the store after a restore: the checks of what the plan covers. Changes nothing. */
import { auditLog } from '../../domain/tool-store/layout.ts';
import { checkRestored } from '../../domain/tool-store/restored-checks.ts';
import type { BackupFile } from '../../domain/tool-store/restore-plan.ts';
import type { Check } from '../../domain/verification.ts';
import type { Ports } from '../ports/index.ts';
import { openBackup } from './open-backups.ts';
import { readPlan } from './plan-restore.ts';
import { readBackupFiles } from './read-backup.ts';
import { scanStore } from './scan-store.ts';
import { requireRoot, toolStoreTarget } from './target.ts';

export async function verifyRestored(
  ports: Ports,
  input: { readonly target: string; readonly plan: string },
  signal?: AbortSignal,
): Promise<readonly Check[]> {
  const target = toolStoreTarget(ports, input.target);
  await requireRoot(ports, target);
  const plan = await readPlan(ports, input.plan, target.id);
  const files = await readBackupFiles(await openBackup(ports, target, plan.backup, signal), signal);
  const backup = new Map(files.map((file): [string, BackupFile] => [file.path, file]));
  const store = await scanStore(ports, target, signal);
  return checkRestored({
    plan,
    live: store.tools,
    backup,
    logThere: store.logs.some(({ path, kind }) => path === auditLog && kind === 'file'),
    leftovers: store.leftovers,
    mayGiveAway: ports.files.mayGiveAway,
  });
}
