/** Looks at the store after a restore: the checks of the plan, and whether somebody wrote over it since. Changes nothing. */
import { auditLog } from '../../domain/tool-store/layout.ts';
import { checkRestored } from '../../domain/tool-store/restored-checks.ts';
import type { BackupFile } from '../../domain/tool-store/restore-plan.ts';
import type { WriteBack } from '../../domain/tool-store/words.ts';
import { judgeWriteBack } from '../../domain/tool-store/write-backs.ts';
import type { Check } from '../../domain/verification.ts';
import type { Ports } from '../ports/index.ts';
import { openBackup } from './open-backups.ts';
import { readPlan } from './plan-restore.ts';
import { readBackupFiles } from './read-backup.ts';
import { scanStore } from './scan-store.ts';
import { requireRoot, toolStoreTarget } from './target.ts';

interface PlanInput {
  readonly target: string;
  readonly plan: string;
}

export async function verifyRestored(ports: Ports, input: PlanInput, signal?: AbortSignal): Promise<readonly Check[]> {
  const { plan, store, backup } = await look(ports, input, signal);
  return checkRestored({
    plan,
    live: store.tools,
    backup,
    logThere: store.logs.some(({ path, kind }) => path === auditLog && kind === 'file'),
    leftovers: store.leftovers,
    mayGiveAway: ports.files.mayGiveAway,
  });
}

/** At most a hundred, which is what an agent can write. */
export async function findWriteBacks(ports: Ports, input: PlanInput, signal?: AbortSignal): Promise<readonly WriteBack[]> {
  const { plan, store, backup } = await look(ports, input, signal);
  const tools = new Map(store.tools.map((file) => [file.path, file]));
  const logs = new Set(store.logs.filter(({ kind }) => kind === 'file').map(({ path }) => path));
  return plan.changes
    .filter(({ path }) => !logs.has(path))
    .map((change) => judgeWriteBack(change, tools.get(change.path), backup.get(change.path), ports.files.mayGiveAway))
    .filter((found) => found !== undefined)
    .slice(0, 100);
}

async function look(ports: Ports, input: PlanInput, signal?: AbortSignal) {
  const target = toolStoreTarget(ports, input.target);
  await requireRoot(ports, target);
  const plan = await readPlan(ports, input.plan);
  const files = await readBackupFiles(await openBackup(ports, target, plan.backup, signal), signal);
  const backup = new Map(files.map((file): [string, BackupFile] => [file.path, file]));
  return { plan, backup, store: await scanStore(ports, target, signal) };
}
