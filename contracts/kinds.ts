/** Kinds of target: the inventory schema of each, what workflows may know of it, and which activities answer the API's questions. */
import { z } from 'zod';
import { toolStoreChecklist } from '../domain/checklist/tool-store-list.ts';
import type { ChecklistDefinition } from '../domain/checklist/words.ts';
import { postgresChecklist } from '../domain/postgres/integrity-list.ts';
import { redisChecklist } from '../domain/redis/checklist.ts';
import type { ToolStoreFacts } from '../domain/tool-store/words.ts';
import { toolStoreCheckInput } from './inputs/tool-store-check.ts';
import type { BackupSettings } from './backup-settings.ts';
import { postgresSettings } from './postgres-settings.ts';
import { redisSettings } from './redis-settings.ts';
import { toolStoreSettings, type ToolStoreSettings } from './tool-store-settings.ts';

export interface KindEntry {
  /** Fields of the inventory entry beside the common head. */
  readonly settings: z.ZodRawShape;
  /** What a workflow may know: no address, no secret. */
  facts(settings: Readonly<Record<string, unknown>>): unknown;
  /** Activities that answer questions asked through the API, by name. */
  readonly diagnose?: string;
  /** Whether one of its nodes may be promoted now. */
  readonly mayPromote?: string;
  /** The checklist after a recovery: its questions, the activities that answer them side by side, and what a request may say. */
  readonly verify?: {
    readonly list: ChecklistDefinition;
    readonly checks: readonly string[];
    readonly keep: string;
    readonly input: z.ZodType;
  };
  /** Questions of `GET …/audit-log`. */
  readonly log?: string;
  readonly backups?: BackupActivities;
}

/** Names of the activities that keep a kind's backups, and what the inventory says of when and how long. */
export interface BackupActivities {
  readonly list: string;
  readonly take: string;
  readonly test: string;
  readonly hold: string;
  readonly planPrune: string;
  readonly applyPrune: string;
  settings(settings: Readonly<Record<string, unknown>>): BackupSettings;
}

export type Kinds = Readonly<Record<string, KindEntry>>;

export const kinds: Kinds = {
  'tool-store': {
    settings: toolStoreSettings,
    facts(settings): ToolStoreFacts {
      const { agent } = settings as ToolStoreSettings;
      return { agent: agent === undefined ? 'undeclared' : agent === 'none' ? 'none' : 'declared' };
    },
    diagnose: 'diagnoseToolStore',
    verify: {
      list: toolStoreChecklist,
      checks: ['checkStoreFiles', 'checkStoreAgent', 'checkStoreRuns', 'checkStoreMachine'],
      keep: 'keepChecklist',
      input: toolStoreCheckInput,
    },
    log: 'askToolStoreLog',
    backups: {
      list: 'listToolStoreBackups',
      take: 'takeToolStoreBackup',
      test: 'testToolStoreBackup',
      hold: 'holdToolStoreBackup',
      planPrune: 'planToolStorePrune',
      applyPrune: 'applyToolStorePrune',
      settings: (settings) => (settings as ToolStoreSettings).backups,
    },
  },
  postgres: {
    settings: postgresSettings,
    facts: () => ({}),
    diagnose: 'diagnosePostgres',
    mayPromote: 'mayPromotePostgres',
    verify: {
      list: postgresChecklist,
      checks: ['checkPostgresServers', 'checkPostgresIntegrity', 'checkPostgresCommit'],
      keep: 'keepChecklist',
      input: z.strictObject({}),
    },
  },
  redis: {
    settings: redisSettings,
    facts: () => ({}),
    diagnose: 'diagnoseRedis',
    verify: {
      list: redisChecklist,
      checks: ['checkRedisServers', 'checkRedisKeys', 'checkRedisWrite'],
      keep: 'keepChecklist',
      input: z.strictObject({}),
    },
  },
};
