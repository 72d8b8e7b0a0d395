/** Whether the fence holds, and what the successor lacks: asked after it, before anything is promoted. */
import { proveFence } from '../../../domain/redis/fence-proof.ts';
import { judgeLoss, type Loss } from '../../../domain/redis/judge-loss.ts';
import type { Check } from '../../../domain/verification.ts';
import type { Ports } from '../../ports/index.ts';
import { lookAtAll, redisTarget } from '../target.ts';
import { readFence } from './fence.ts';
import { lookAround } from './look-around.ts';

/** A replica notices within milliseconds that its master let it go. */
const settleMs = 1_000;
const lookAgainMs = 10;

interface Planned {
  readonly target: string;
  readonly plan: string;
}

export async function prove(ports: Ports, input: Planned, signal?: AbortSignal): Promise<Check[]> {
  const settings = redisTarget(ports, input.target);
  const plan = await readFence(ports, input.target, input.plan);
  const deadline = performance.now() + settleMs;
  for (;;) {
    const checks = proveFence(plan, await lookAround(ports, settings, signal));
    if (checks.every(({ ok }) => ok) || performance.now() > deadline) return checks;
    signal?.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
  }
}

export async function lookAtLoss(ports: Ports, input: Planned, signal?: AbortSignal): Promise<Loss> {
  const { successor, suspects } = await readFence(ports, input.target, input.plan);
  return judgeLoss(await lookAtAll(ports, redisTarget(ports, input.target), signal), successor, suspects);
}
