/** Kinds of target: the inventory schema of each, what workflows may know of it, and which activities answer the API's questions. */
import { z } from 'zod';
import { toolStoreChecklist } from '../domain/checklist/tool-store-list.ts';
import type { ChecklistDefinition } from '../domain/checklist/words.ts';
import { dnsChecklist } from '../domain/dns/checklist.ts';
import type { PostgresFacts } from '../domain/postgres/facts.ts';
import { postgresChecklist } from '../domain/postgres/integrity-list.ts';
import { redisChecklist } from '../domain/redis/checklist.ts';
import { trafficChecklist } from '../domain/traffic/checklist.ts';
import type { ToolStoreFacts } from '../domain/tool-store/words.ts';
import { serviceChecklist } from '../domain/service/checklist.ts';
import { toolStoreCheckInput } from './inputs/tool-store-check.ts';
import { withoutIncrementals, type BackupSettings } from './backup-settings.ts';
import { dnsZoneSettings } from './dns-zone-settings.ts';
import { postgresSettings, type PostgresSettings } from './postgres-settings.ts';
import { redisSettings, type RedisSettings } from './redis-settings.ts';
import { serviceSettings } from './service-settings.ts';
import { toolStoreSettings, type ToolStoreSettings } from './tool-store-settings.ts';
import { trafficSettings } from './traffic-settings.ts';

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
  /** Undefined where a target declares none. */
  settings(settings: Readonly<Record<string, unknown>>): BackupSettings | undefined;
}

export type Kinds = Readonly<Record<string, KindEntry>>;

/** How a target of this kind is backed up; undefined where it is not. */
export function backupsOf(kinds: Kinds, target: { readonly kind: string } & Readonly<Record<string, unknown>>) {
  const backups = kinds[target.kind]?.backups;
  const settings = backups?.settings(target);
  return backups && settings && { ...backups, settings };
}

export const kinds: Kinds = {
  'tool-store': {
    settings: toolStoreSettings,
    facts(settings): ToolStoreFacts {
      const { agent, switchOver } = settings as ToolStoreSettings;
      return {
        agent: agent === undefined ? 'undeclared' : agent === 'none' ? 'none' : 'declared',
        ...(switchOver && { switchOver }),
      };
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
    facts(settings): PostgresFacts {
      const { nodes, endpoints, backup } = settings as unknown as PostgresSettings;
      return {
        nodes: nodes.map(({ id }) => id),
        endpoints: endpoints.map(({ id }) => id),
        hasBackups: backup !== undefined,
        isRunByPatroni: nodes.every(({ patroni }) => patroni !== undefined),
      };
    },
    diagnose: 'diagnosePostgres',
    mayPromote: 'mayPromotePostgres',
    verify: {
      list: postgresChecklist,
      checks: ['checkPostgresServers', 'checkPostgresIntegrity', 'checkPostgresCommit'],
      keep: 'keepChecklist',
      input: z.strictObject({}),
    },
    backups: {
      list: 'listPostgresBackups',
      take: 'takePostgresBackup',
      test: 'testPostgresBackup',
      hold: 'holdPostgresBackup',
      planPrune: 'planPostgresPrune',
      applyPrune: 'applyPostgresPrune',
      settings: (settings) => (settings as PostgresSettings).backup?.times,
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
    backups: {
      list: 'listRedisBackups',
      take: 'takeRedisBackup',
      test: 'testRedisBackup',
      hold: 'holdRedisBackup',
      planPrune: 'planRedisPrune',
      applyPrune: 'applyRedisPrune',
      settings(settings) {
        const { backup } = settings as unknown as RedisSettings;
        return backup && withoutIncrementals(backup.times);
      },
    },
  },
  'dns-zone': {
    settings: dnsZoneSettings,
    facts: () => ({}),
    diagnose: 'diagnoseDns',
    verify: {
      list: dnsChecklist,
      checks: ['checkDnsServers', 'checkDnsNames', 'checkDnsResolvers'],
      keep: 'keepChecklist',
      input: z.strictObject({}),
    },
  },
  traffic: {
    settings: trafficSettings,
    facts: () => ({}),
    diagnose: 'diagnoseTraffic',
    verify: {
      list: trafficChecklist,
      checks: ['checkTraffic'],
      keep: 'keepChecklist',
      input: z.strictObject({}),
    },
  },
  service: {
    settings: serviceSettings,
    facts: () => ({}),
    diagnose: 'diagnoseService',
    verify: {
      list: serviceChecklist,
      checks: ['checkService'],
      keep: 'keepChecklist',
      input: z.strictObject({}),
    },
  },
};
