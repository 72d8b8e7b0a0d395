/** THE REGISTRY: every scenario that can be run, with what API, CLI, worker and documents need to know of it. */
import type { ScenarioEntry } from './scenario-entry.ts';
import { auditLogScenarios } from './scenarios/audit-log.ts';
import { drillScenarios } from './scenarios/drill.ts';
import { diskScenarios } from './scenarios/disk.ts';
import { dnsScenarios } from './scenarios/dns.ts';
import { fullSystemScenarios } from './scenarios/full-system.ts';
import { postgresScenarios } from './scenarios/postgres.ts';
import { redisScenarios } from './scenarios/redis.ts';
import { regionScenarios } from './scenarios/region.ts';
import { securityBreachScenarios } from './scenarios/security-breach.ts';
import { toolStoreScenarios } from './scenarios/tool-store.ts';
import { trafficScenarios } from './scenarios/traffic.ts';
import { troubleScenarios } from './scenarios/trouble.ts';
import { verificationScenarios } from './scenarios/verification.ts';

export const scenarios: readonly ScenarioEntry[] = [
  ...toolStoreScenarios,
  ...auditLogScenarios,
  ...troubleScenarios,
  ...diskScenarios,
  ...securityBreachScenarios,
  ...verificationScenarios,
  ...fullSystemScenarios,
  ...postgresScenarios,
  ...redisScenarios,
  ...dnsScenarios,
  ...trafficScenarios,
  ...regionScenarios,
  ...drillScenarios,
];

/** Those that people start; the others run inside them. */
export const startableScenarios = scenarios.filter(({ inner }) => !inner);

export const scenarioById = (id: string, registry: readonly ScenarioEntry[] = scenarios): ScenarioEntry | undefined =>
  registry.find((scenario) => scenario.id === id);
