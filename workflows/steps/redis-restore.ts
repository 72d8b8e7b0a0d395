/** The verbs of a restore into Redis servers, each with the sentence it leaves in the ledger. */
import { workflowInfo } from '@temporalio/workflow';
import type { z } from 'zod';
import type { RedisBackupActivities } from '../../activities/redis-backups/interface.ts';
import type { RedisFailoverActivities } from '../../activities/redis/failover/interface.ts';
import type { ChosenRedisBackup, RedisRestoreActivities } from '../../activities/redis/restore/interface.ts';
import { redisRestoreInput } from '../../contracts/inputs/redis-restore.ts';
import { backupId } from '../../domain/identity.ts';
import type { Said } from '../kit/attempt.ts';
import type { Recovery } from '../kit/words.ts';

type Wish = z.infer<typeof redisRestoreInput>;

export function redisFromBackup(r: Recovery) {
  const { target, id: recovery, brokenSince } = r;
  const on = r.on<RedisRestoreActivities & RedisBackupActivities & RedisFailoverActivities>();

  return {
    /** The test of it is a restore beside production. */
    choose: (input: Wish) =>
      r.step(
        'choose the backup',
        async (wish: Wish): Promise<Said<ChosenRedisBackup>> => {
          const chosen = await on.patient.chooseRedisBackup({ target, ...wish, brokenSince });
          const { backup, source, why, expected } = chosen;
          return { value: chosen, sentence: why, evidence: { backup, source, keys: expected.keys } };
        },
        { amend: { input, schema: redisRestoreInput } },
      ),

    /** It leads back, also when all is over. */
    ofWhatIsThere: () =>
      r.act<string>('back up first', {
        would: { en: 'Would take a backup of what is there.', ja: '現在のデータのバックアップを取得する予定。' },
        dry: 'the backup of what is there',
        act: async () => {
          const { startTime, firstExecutionRunId } = workflowInfo();
          const id = backupId(startTime, 'manual', firstExecutionRunId.slice(0, 6));
          const [reason, startedAt] = [`before ${recovery}`, startTime.toISOString()];
          const taken = await on.patient.takeRedisBackup({ target, id, kind: 'manual', reason, startedAt });
          return {
            value: taken.id,
            sentence: { en: `What is there now lies in ${taken.id}.`, ja: `現在のデータを ${taken.id} に取得しました。` },
            evidence: { backup: taken.id },
          };
        },
      }),

    async restore({ backup, source, lostMs }: ChosenRedisBackup, wayBack: string): Promise<void> {
      await r.change('restore', {
        gate: 'restore',
        plan: () => on.patient.planRedisRestore({ target, recovery, backup, source, wayBack }),
        apply: async ({ ref: plan }) => {
          const { keys } = await on.patient.applyRedisRestore({ target, recovery, plan });
          return {
            value: keys,
            sentence: { en: `${keys} keys are there, of ${backup}.`, ja: `${backup} のキー ${keys} 件を復元しました。` },
            evidence: { keys },
          };
        },
        undo: ({ ref: plan }) => ({ activity: 'undoRedisRestore', input: { target, recovery, plan } }),
      });
      r.lost(lostMs);
    },

    verify: ({ expected }: ChosenRedisBackup) =>
      r.verify('verify', () => on.patient.verifyRedisFailover({ target, assessed: expected, leftOut: expected.silent })),
  };
}
