/** Plans a restore of the audit log: the backup's is merged with what the live one still has, on paper. */
import { noCounts } from '../../domain/audit-log/repair-counts.ts';
import { repairNames, repairPlan } from '../../domain/audit-log/repair-plan.ts';
import { restoreHead } from '../../domain/audit-log/restore-head.ts';
import type { Plan } from '../../domain/recovery.ts';
import { auditLog } from '../../domain/tool-store/layout.ts';
import { keepWholePlan } from '../records/plans.ts';
import type { Ports } from '../ports/index.ts';
import { checkedName } from '../records/checked-name.ts';
import { requireRoot, toolStoreTarget, withinTarget } from '../tool-store/target.ts';
import { gatherLogs } from './backup-log.ts';
import { freeNames, lookAtLog } from './plan-repair.ts';

export interface PlanLogRestoreInput {
  readonly target: string;
  readonly recovery: string;
  readonly backup: string;
}

export async function planLogRestore(ports: Ports, input: PlanLogRestoreInput, signal?: AbortSignal): Promise<Plan> {
  const target = toolStoreTarget(ports, input.target);
  await requireRoot(ports, target);
  const scratch = `scratch/${checkedName(input.recovery)}-log`;
  return withinTarget(target, async () => {
    const place = { root: target.root, path: auditLog };
    const found = await lookAtLog(ports, place);
    const measured = found?.measured ?? 0;
    const live = found && { place, from: 0, to: measured, firstLine: 1 };
    try {
      const gathered = await gatherLogs(ports, target, { backup: input.backup, scratch, live }, signal);
      const merge = await ports.logRepair.scanMerge({ backup: gathered.backup, live: gathered.live }, signal);
      const scanned = live && (await ports.logRepair.scanLog(live, signal));
      const plan = {
        ...repairPlan(
          {
            ...{ target: target.id, inode: found?.inode ?? null, measured },
            ...{ counts: scanned?.counts ?? noCounts, samples: scanned?.samples ?? [] },
            tail: found?.tail ?? { bytes: 0, isObject: true },
            names: await freeNames(ports, target, repairNames(found?.modifiedAt ?? backupTime(input.backup)), found?.inode ?? ''),
            restore: { backup: input.backup, sha256: gathered.sha256, merge },
          },
          target.limits.quarantineShare,
        ),
      };
      const ref = await keepWholePlan(ports.records, checkedName(input.recovery), plan);
      return restoreHead({ ...plan, restore: plan.restore! }, ref);
    } finally {
      await ports.files.removeTree({ root: ports.data, path: scratch });
    }
  });
}

/** Where no log tells the time: letters and digits of the backup's id. */
const backupTime = (backup: string): string => backup.replaceAll(/[^A-Za-z0-9]/g, '');
