/** THE REGISTRY: every scenario that can be run, with what API, CLI, worker and documents need to know of it. */
import type { ScenarioEntry } from './scenario-entry.ts';
import { auditLogScenarios } from './scenarios/audit-log.ts';
import { diskScenarios } from './scenarios/disk.ts';
import { toolStoreScenarios } from './scenarios/tool-store.ts';

export const scenarios: readonly ScenarioEntry[] = [...toolStoreScenarios, ...auditLogScenarios, ...diskScenarios];

export const scenarioById = (id: string, registry: readonly ScenarioEntry[] = scenarios): ScenarioEntry | undefined =>
  registry.find((scenario) => scenario.id === id);
