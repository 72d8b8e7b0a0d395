/** A Redis master is replaced by one of its replicas, or its data by that of a backup. */
import { zonesToRepoint } from '../endpoint-settings.ts';
import { redisFailoverInput } from '../inputs/redis-failover.ts';
import { redisRestoreInput } from '../inputs/redis-restore.ts';
import { minutes, type ScenarioEntry } from '../scenario-entry.ts';

export const redisScenarios: readonly ScenarioEntry[] = [
  {
    id: 'redis-failover',
    workflowType: 'redisFailover',
    title: { en: 'Redis failover', ja: 'Redis のフェイルオーバー' },
    summary: {
      en: 'Looks at every server, chooses the replica that has most, keeps the old master from taking writes and proves it, asks where data may be lost, promotes, has the others follow, brings the old master back as a replica, verifies.',
      ja: '全サーバーを調べ、最も進んだレプリカを選び、旧マスターの書き込みを止めて証明し、損失の恐れがあれば承認を求め、昇格し、他のノードを追従させ、旧マスターをレプリカとして戻し、検証します。',
    },
    input: redisFailoverInput,
    kinds: ['redis'],
    actsOn: (_, target) => zonesToRepoint(target),
    objectives: { rtoMs: minutes(5), rpoMs: 1_000 },
    coolDownMs: minutes(10),
    gates: [
      { id: 'fence', title: { en: 'Stop a master that works', ja: '稼働中のマスターの書き込み停止' } },
      { id: 'loss', title: { en: 'Lose what the replica does not have', ja: 'レプリカにないデータの損失' } },
    ],
  },
  {
    id: 'redis-restore',
    workflowType: 'redisRestore',
    title: { en: 'Redis restored from a backup', ja: 'Redis のバックアップからの復元' },
    summary: {
      en: 'Tests the backup by a restore beside production, takes a backup of what is there, asks, has the master copy the restored server, makes it a master again, verifies.',
      ja: 'バックアップを本番の隣に復元して確かめ、現在のデータのバックアップを取得し、承認を得て、マスターに復元したサーバーを複製させ、マスターに戻し、検証します。',
    },
    input: redisRestoreInput,
    kinds: ['redis'],
    objectives: { rtoMs: minutes(15), rpoMs: minutes(60) },
    gates: [{ id: 'restore', title: { en: 'Replace all data by that of a backup', ja: '全データのバックアップへの置き換え' } }],
  },
];
