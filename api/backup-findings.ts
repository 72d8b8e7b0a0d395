/** What is wrong with the backups of a target: missed, failing, unverified, too old for the RPO. */
import type { TargetEntry } from '../contracts/inventory.ts';
import { backupsOf } from '../contracts/kinds.ts';
import { schedulesOf, type Rhythm } from '../contracts/schedules.ts';
import type { Backup } from '../domain/backup.ts';
import { backupFindings, failedRunFindings, type Expected } from '../domain/backup-readiness.ts';
import type { Text } from '../domain/text.ts';
import type { ApiWorld } from './context.ts';
import { wantedOf } from './schedules/keep.ts';
import { overrideOf } from './schedules/overrides.ts';

const dayMs = 86_400_000;
/** A daily run that failed is found until the next one; it may have been late. */
const lookBackMs = 2 * dayMs;

/** `backups` undefined: no worker answered. Fails: temporal-away. */
export async function backupFindingsOf(
  world: ApiWorld,
  target: TargetEntry,
  backups: readonly Backup[] | undefined,
): Promise<Text[]> {
  if (!backupsOf(world.kinds, target)) return [];
  const failed = failedRunFindings(await recentRuns(world, target));
  if (!backups) {
    return [
      {
        en: `No worker of site ${target.site} answers: its backups are not known.`,
        ja: `拠点 ${target.site} のワーカーが応答しないため、バックアップを確認できません。`,
      },
      ...failed,
    ];
  }
  return [...backupFindings(backups, await expectedOf(world, target), Date.now()), ...failed];
}

async function recentRuns({ gateway }: ApiWorld, target: TargetEntry) {
  const runs = await gateway.list({
    types: ['scheduledBackup', 'scheduledRestoreTests', 'scheduledRetention'],
    targets: [target.id],
    since: new Date(Date.now() - lookBackMs).toISOString(),
  });
  return runs.map(({ memo, type, startedAt, state }) => {
    const { schedule } = memo;
    return { schedule: typeof schedule === 'string' ? schedule : type, startedAt, state };
  });
}

/** By the schedules as they are in force; without an RPO of its own a target may lose what lies between two backups. */
async function expectedOf({ inventory, kinds, records }: ApiWorld, target: TargetEntry): Promise<Expected> {
  const entries = schedulesOf(inventory(), kinds).filter(
    ({ target: id, workflowType }) => id === target.id && workflowType === 'scheduledBackup',
  );
  const inForce = await Promise.all(entries.map(async (entry) => wantedOf(entry, await overrideOf(records, entry))));
  const distances = inForce.filter(({ paused }) => !paused).map(({ rhythm }) => distanceOf(rhythm));
  const everyMs = distances.length === 0 ? undefined : Math.min(...distances);
  return { everyMs, rpoMs: target.objectives.rpo ?? everyMs };
}

const distanceOf = (rhythm: Rhythm): number => ('at' in rhythm ? dayMs : rhythm.everyMs);
