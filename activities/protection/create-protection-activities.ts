/** The effects of a protection against floods, made of ports; each stays alive in Temporal's eyes while it works. */
import { checkLowered, checkRaised } from '../../domain/protection/guard-checks.ts';
import { alive } from '../alive.ts';
import type { Ports } from '../ports/index.ts';
import type { ProtectionActivities } from './interface.ts';
import { apply, assess, planStage, readPlans, takeBack } from './raise.ts';
import { guardedTarget, lookAtGuards, neverDenied, probeThrough } from './target.ts';
import { tellProvider } from './tell-provider.ts';
import { hold, sample, watchRates } from './watch-rates.ts';

export const createProtectionActivities = (ports: Ports): ProtectionActivities => ({
  assessProtection: (input) => alive((signal) => assess(ports, input, signal)),
  planProtection: (input) => alive((signal) => planStage(ports, input, signal)),
  sampleProtection: ({ target }) => alive((signal) => sample(ports, guardedTarget(ports, target), signal)),
  applyProtection: (input) => alive((signal) => apply(ports, input, signal)),
  tellProvider: (input) => alive((signal) => tellProvider(ports, input, signal)),
  watchProtection: (input) => alive((signal) => watchRates(ports, input, signal)),
  checkProtection: (input) =>
    alive(async (signal) => checkRaised(await readPlans(ports, input), await worldOf(ports, input.target, signal))),
  holdProtection: (input) => alive((signal) => hold(ports, input, signal)),
  undoProtection: (input) => alive((signal) => takeBack(ports, input, signal)),
  checkLowered: (input) =>
    alive(async (signal) => checkLowered(await readPlans(ports, input), await worldOf(ports, input.target, signal))),
});

async function worldOf(ports: Ports, id: string, signal?: AbortSignal) {
  const target = guardedTarget(ports, id);
  const [reports, never, probe] = await Promise.all([
    lookAtGuards(ports, target, signal),
    neverDenied(ports, target),
    probeThrough(ports, target, signal),
  ]);
  return { reports, never, probe };
}
