/** The verbs around a node that takes writes from now on, however it came to that, each with the sentence it leaves in the ledger. */
import { workflowInfo } from '@temporalio/workflow';
import type { PostgresBackupActivities } from '../../activities/postgres-backups/interface.ts';
import type { PostgresFailoverActivities } from '../../activities/postgres/failover/interface.ts';
import { backupId } from '../../domain/identity.ts';
import type { PostgresFacts } from '../../domain/postgres/facts.ts';
import type { Recovery } from '../kit/words.ts';
import { broughtBackOrLeft } from './bring-back.ts';
import { backedUp, committed, rejoined, repointed, type NewPrimary } from './postgres-sentences.ts';

export function newPrimary(r: Recovery) {
  const { target, id: recovery } = r;
  const on = r.on<PostgresFailoverActivities & PostgresBackupActivities>();
  const { nodes, endpoints, hasBackups } = r.facts<PostgresFacts>();

  return {
    /** `waits`: commits hang until a standby is back. */
    commitFirst: ({ node }: NewPrimary) =>
      r.act<{ readonly waits: boolean }>('first commit', {
        would: { en: 'Would commit a transaction.', ja: 'コミットを確認する予定。' },
        dry: { waits: false },
        act: async () => committed(node, await on.patient.commitPostgres({ target, node })),
      }),

    /** Nothing where the inventory names nothing that clients connect through. */
    async repoint({ node, timeline }: NewPrimary): Promise<void> {
      if (endpoints.length === 0) return;
      await r.act<void>('repoint', {
        would: { en: `Would lead ${endpoints.join(', ')} to ${node}.`, ja: `${endpoints.join('、')} を ${node} に向ける予定。` },
        dry: undefined,
        act: async () => repointed(node, await on.patient.repointPostgres({ target, node, timeline })),
        skip: { value: undefined },
      });
    },

    /** Answers the nodes that are not back. */
    async rejoinOthers({ node: primary, timeline }: NewPrimary, mayLeave = false): Promise<readonly string[]> {
      const left: string[] = [];
      for (const node of nodes.filter((one) => one !== primary)) {
        const isBack = await r.act<boolean>(`rejoin ${node}`, {
          would: { en: `Would make ${node} follow ${primary}.`, ja: `${node} を ${primary} に追従させる予定。` },
          dry: true,
          act: () =>
            broughtBackOrLeft(node, mayLeave, async () =>
              rejoined(node, primary, await on.patient.rejoinPostgres({ target, recovery, node, primary, timeline })),
            ),
          skip: { value: false },
        });
        if (!isBack) left.push(node);
      }
      return left;
    },

    verify: ({ node: primary, timeline }: NewPrimary, without: readonly string[]) =>
      r.verify('verify', () => on.patient.verifyPostgresFailover({ target, primary, timeline, without })),

    /** The backups from before are of another timeline. Nothing where the target declares none. */
    async backUp(kind: 'full' | 'incremental'): Promise<void> {
      if (!hasBackups) return;
      await r.act<void>('back up', {
        would: { en: 'Would take a backup.', ja: 'バックアップを取得する予定。' },
        dry: undefined,
        act: async () => {
          const { startTime, firstExecutionRunId } = workflowInfo();
          const id = backupId(startTime, kind, firstExecutionRunId.slice(0, 6));
          const [reason, startedAt] = [`after ${recovery}`, startTime.toISOString()];
          return backedUp(await on.patient.takePostgresBackup({ target, id, kind, reason, startedAt }));
        },
        skip: { value: undefined },
      });
    },
  };
}
