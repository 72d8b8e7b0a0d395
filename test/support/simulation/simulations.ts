/** What can be simulated: the kernel under its toys, and the product's own scenarios. */
import { fileURLToPath } from 'node:url';
import { workflowBundle } from '../../../worker/bundle.ts';
import { pitrStage } from './pitr-stage.ts';
import { postgresStage } from './postgres-stage.ts';
import { dnsStage } from './dns-stage.ts';
import { diskStage } from './disk-stage.ts';
import { asideStage } from './aside-stage.ts';
import { logStage } from './log-stage.ts';
import { breachStage } from './breach-stage.ts';
import { protectionStage } from './protection-stage.ts';
import { redisRestoreStage } from './redis-restore-stage.ts';
import { redisStage } from './redis-stage.ts';
import { regionStage } from './region-stage.ts';
import { openSandbox } from './sandbox.ts';
import type { Simulation } from './simulate.ts';
import type { MakeStage } from './stage.ts';
import { checkStage } from './check-stage.ts';
import { storeStage } from './store-stage.ts';
import { systemStage } from './system-stage.ts';
import { toyStage } from './toy-stage.ts';
import { trafficStage } from './traffic-stage.ts';

/** Opens the toys; `entry` brings other workflows under the same names. */
export async function simulatedToys(entry = fileURLToPath(new URL('../toy/workflows.ts', import.meta.url))): Promise<Simulation> {
  const { codePath } = await workflowBundle({ entry });
  return { sandbox: await openSandbox(codePath), stage: toyStage };
}

/** A run takes one of these. */
const productStages: readonly MakeStage[] = [
  storeStage,
  logStage,
  asideStage,
  breachStage,
  checkStage,
  systemStage,
  diskStage,
  postgresStage,
  pitrStage,
  redisStage,
  redisRestoreStage,
  dnsStage,
  trafficStage,
  regionStage,
  protectionStage,
];

export async function simulatedScenarios(): Promise<Simulation> {
  const { codePath } = await workflowBundle();
  return { sandbox: await openSandbox(codePath), stage: (dice, journal) => dice.pick(productStages)(dice, journal) };
}

/** The toys with workflows that are wrong in ways that a simulation must notice. */
export const brokenWorkflows = fileURLToPath(new URL('./broken/workflows.ts', import.meta.url));
