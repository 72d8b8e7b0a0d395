/** A PostgreSQL cluster whose primary is ill, gone, or to be moved, or whose data is to be as it was. */
import type { z } from 'zod';
import type { FieldError } from '../../domain/failures.ts';
import { parseInstant } from '../../domain/instants/parse-instant.ts';
import { parseRecoveryGoal, type AskedGoal } from '../../domain/postgres/parse-goal.ts';
import { zonesToRepoint } from '../endpoint-settings.ts';
import { postgresFailoverInput } from '../inputs/postgres-failover.ts';
import { dataCorruptionInput, postgresPitrInput } from '../inputs/postgres-pitr.ts';
import type { TargetEntry } from '../inventory.ts';
import type { PostgresSettings } from '../postgres-settings.ts';
import { minutes, type ScenarioEntry, type ScenarioGate } from '../scenario-entry.ts';

const cutOver: ScenarioGate = {
  id: 'cut-over',
  title: { en: 'Replace the database by the restored one', ja: '復元したデータベースへの置き換え' },
};

export const postgresScenarios: readonly ScenarioEntry[] = [
  {
    id: 'postgres-failover',
    workflowType: 'postgresFailover',
    title: { en: 'PostgreSQL failover', ja: 'PostgreSQL フェイルオーバー' },
    summary: {
      en: 'Chooses the standby that loses least, keeps the old primary from writing and proves it, asks where more is lost than the budget allows, promotes, repoints, makes the others follow, verifies.',
      ja: '損失が最小のスタンバイを選び、旧プライマリの書き込みを禁止して確認し、損失が許容を超えるときは承認を得て、昇格・接続先の切り替え・他ノードの追従・検証を行います。',
    },
    input: postgresFailoverInput,
    kinds: ['postgres'],
    actsOn: (_, target) => zonesToRepoint(target),
    objectives: { rtoMs: minutes(15), rpoMs: minutes(5) },
    coolDownMs: minutes(10),
    gates: [
      { id: 'fence', title: { en: 'Stop a primary that takes writes', ja: '書き込み中のプライマリの停止' } },
      { id: 'loss', title: { en: 'Accept the loss of data', ja: 'データ損失の受け入れ' } },
    ],
  },
  {
    id: 'postgres-pitr',
    workflowType: 'postgresPitr',
    title: { en: 'PostgreSQL back to a moment', ja: 'PostgreSQL の時点復旧(PITR)' },
    summary: {
      en: 'Holds the moment against what can be reached, restores beside production, shows table by table what differs, asks, stops every node and proves it, puts the restored database in place, has the others follow, verifies, takes a backup. The old database is kept.',
      ja: '指定時点が復旧可能か確かめ、本番の隣に復元し、テーブルごとの差異を示して承認を得て、全ノードを停止・確認し、復元したデータベースに置き換え、他ノードを追従させ、検証し、バックアップを取得します。元のデータベースは残します。',
    },
    input: postgresPitrInput,
    refuse: (input, timezone) => refuseGoal(input as z.infer<typeof postgresPitrInput>, timezone),
    refuseTarget: refuseWhatPatroniRuns,
    kinds: ['postgres'],
    actsOn: (_, target) => zonesToRepoint(target),
    objectives: { rtoMs: minutes(60), rpoMs: minutes(5) },
    gates: [cutOver],
  },
  {
    id: 'data-corruption',
    workflowType: 'dataCorruption',
    title: { en: 'Wrong data in PostgreSQL', ja: 'PostgreSQL のデータ破損' },
    summary: {
      en: 'Asks a check of yours, one SELECT, of restored copies at one instant after the other until the last good moment is found, then goes back to it as postgres-pitr does.',
      ja: '指定されたチェック(1 つの SELECT)を、時点を変えながら復元した複製に問い合わせて最後の正常な時点を見つけ、postgres-pitr と同じ手順でその時点に戻します。',
    },
    input: dataCorruptionInput,
    refuse: (input, timezone) => refuseInstants(input as z.infer<typeof dataCorruptionInput>, timezone),
    refuseTarget: refuseWhatPatroniRuns,
    kinds: ['postgres'],
    actsOn: (_, target) => zonesToRepoint(target),
    objectives: { rtoMs: minutes(120), rpoMs: minutes(5) },
    gates: [cutOver],
  },
];

/** It would start the old database again while ours is being put in its place. */
function refuseWhatPatroniRuns(target: TargetEntry): FieldError[] {
  const { nodes } = target as unknown as PostgresSettings;
  if (nodes.every(({ patroni }) => patroni === undefined)) return [];
  const message = `is run by Patroni, which starts and stops its servers: restore beside it, or go back by hand with Patroni paused (docs/postgres.md)`;
  return [{ path: 'target', message }];
}

function refuseGoal({ previous, ...asked }: z.infer<typeof postgresPitrInput>, timezone: string): FieldError[] {
  if (previous !== undefined) return [];
  const [field] = Object.keys(asked);
  const parsed = parseRecoveryGoal(asked as AskedGoal, timezone);
  return parsed.ok ? [] : [{ path: `input.${field}`, message: parsed.sentence.en }];
}

function refuseInstants({ good, bad }: z.infer<typeof dataCorruptionInput>, timezone: string): FieldError[] {
  return Object.entries({ good, bad }).flatMap(([field, text]) => {
    const parsed = text === undefined ? undefined : parseInstant(text, timezone);
    return parsed === undefined || parsed.ok ? [] : [{ path: `input.${field}`, message: parsed.sentence.en }];
  });
}
