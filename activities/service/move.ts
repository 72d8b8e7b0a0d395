/** Looks at a service before, while and after it is moved, and makes the side able that gains. */
import { sideToMoveTo } from '../../contracts/service-settings.ts';
import { fail } from '../../domain/fail.ts';
import { namesIn } from '../../domain/one-of.ts';
import { planMove } from '../../domain/service/move-plan.ts';
import { checkMembers, checkProbes, checkSide, type ReadyAnswer } from '../../domain/service/service-checks.ts';
import { wavesOf } from '../../domain/service/waves.ts';
import type { Check } from '../../domain/verification.ts';
import { endOf } from '../command-end.ts';
import { runWell } from '../run-well.ts';
import type { Ports } from '../ports/index.ts';
import type { ServiceMove, ServiceMoveActivities } from './interface.ts';
import { membersOf, probeAll, probeSide, serviceTarget, sideNamed } from './target.ts';
import { whereabouts } from './whereabouts.ts';

type Input<Name extends keyof ServiceMoveActivities> = Parameters<ServiceMoveActivities[Name]>[0];

export async function planOf(ports: Ports, input: Input<'planServiceMove'>, signal?: AbortSignal): Promise<ServiceMove> {
  const { target, way, planned } = input;
  const service = serviceTarget(ports, target);
  const to = way === 'home' ? service.home : (sideToMoveTo(service, input.to) ?? '');
  const { activate: command, site = service.site } = sideNamed(service, to);
  const members = membersOf(ports, service);
  const [seen, sides] = await Promise.all([whereabouts(ports, members, signal), probeAll(ports, service, signal)]);
  const waves = wavesOf(members);
  return {
    ...{ to, site, activates: command !== undefined, watchMs: service.watch },
    plan: planMove({ target, to, planned, waves, seen, sides }),
    waves: waves.map((wave) =>
      wave.map((member) => {
        const { lead, away = [] } = seen.find((one) => one.target === member.target)!;
        const { target: id, kind, leads } = member;
        const isMoved = lead === undefined || !namesIn(leads[to]!).includes(lead);
        const returning = way === 'home' && isMoved && away.length > 0 && { returning: away };
        return { target: id, kind, lead: leads[to]!, ...(lead !== undefined && { leadNow: lead }), ...returning };
      }),
    ),
  };
}

export async function activate(ports: Ports, { target, side }: Input<'activateSide'>, signal?: AbortSignal): Promise<void> {
  const command = sideNamed(serviceTarget(ports, target), side).activate;
  if (command) await runWell(ports, command.run, command.within, notActivated(side, command.run), signal);
}

export async function deactivate(ports: Ports, { target, side }: Input<'deactivateSide'>, signal?: AbortSignal): Promise<void> {
  const command = sideNamed(serviceTarget(ports, target), side).activate;
  if (command?.undo) await runWell(ports, command.undo, command.within, notActivated(side, command.undo), signal);
}

const notActivated =
  (side: string, [program]: readonly string[]) =>
  (ended: string): Error =>
    fail('side-not-activated', {
      en: `${side}: ${program} did not end well (${ended}).`,
      ja: `${side}: ${program} が正常に終了しませんでした(${ended})。`,
    });

export async function proveSide(ports: Ports, { target, side }: Input<'proveSide'>, signal?: AbortSignal): Promise<Check[]> {
  const service = serviceTarget(ports, target);
  const [probes, ready] = await Promise.all([
    probeSide(ports, service, side, signal),
    Promise.all(
      sideNamed(service, side).ready.map(async ({ id, run, within }): Promise<ReadyAnswer> => {
        const result = await ports.commands.run(run, { timeoutMs: within, signal });
        return { id, ok: result.exitCode === 0, said: endOf(result) };
      }),
    ),
  ]);
  return checkSide(side, probes, ready);
}

/** An attempt after a death goes on where the time began, and counts anew. */
export async function watch(
  ports: Ports,
  input: Input<'watchSide'>,
  signal?: AbortSignal,
): Promise<{ asked: number; failed: number }> {
  const { target, side, since } = input;
  const service = serviceTarget(ports, target);
  const everyMs = Math.min(...sideNamed(service, side).probes.map(({ every }) => every));
  let [asked, failed, missed] = [0, 0, 0];
  for (;;) {
    const answers = await probeSide(ports, service, side, signal);
    const ill = answers.filter(({ ok }) => !ok);
    asked += answers.length;
    failed += ill.length;
    missed = ill.length === 0 ? 0 : missed + 1;
    if (missed > service.misses) {
      const said = ill.map((one) => `${one.probe} ${one.said}`).join(', ');
      throw fail('side-does-not-bear', {
        en: `${side} failed ${missed} times in a row: ${said}.`,
        ja: `${side} が ${missed} 回続けて失敗しました(${said})。`,
      });
    }
    if (Date.now() - since >= service.watch && missed === 0) return { asked, failed };
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    signal?.throwIfAborted();
  }
}

export async function verify(ports: Ports, { target, side }: Input<'verifyServiceMove'>, signal?: AbortSignal): Promise<Check[]> {
  const service = serviceTarget(ports, target);
  const members = membersOf(ports, service);
  const [seen, probes] = await Promise.all([whereabouts(ports, members, signal), probeSide(ports, service, side, signal)]);
  return [...checkProbes(side, probes), ...checkMembers(side, members, seen)];
}
