/** Tells a WAF or CDN to raise or to lower: a signed post with a key by which it knows a repeat. */
import { fail } from '../../domain/fail.ts';
import type { Ports } from '../ports/index.ts';
import type { ProtectionActivities } from './interface.ts';
import { readPlans } from './raise.ts';
import { guardedTarget } from './target.ts';

type Input = Parameters<ProtectionActivities['tellProvider']>[0];

/** What passes is tried again at once: each second counts, and then a person may know better. */
const attempts = 3;
const pauseMs = 300;

export async function tellProvider(ports: Ports, input: Input, signal?: AbortSignal): Promise<{ told: boolean }> {
  const { hook } = guardedTarget(ports, input.target).protection;
  if (hook === undefined) return { told: false };
  const plans = await readPlans(ports, input);
  const denied = [...new Set(plans.flatMap(({ guards }) => guards.flatMap(({ adds }) => adds)))];
  const { target, recovery, action, stage } = input;
  const event = action === 'raise' ? `${recovery}/raise/${stage}` : `${recovery}/lower`;
  const body = JSON.stringify({ event, action, target, recovery, ...(action === 'raise' && { stage, deny: denied }) });
  for (let attempt = 1; ; attempt++) {
    const post = await ports.messenger.post({ id: 'protection', ...hook }, { event, body }, signal);
    if (post.taken) return { told: true };
    signal?.throwIfAborted();
    if (!post.again || attempt >= attempts) throw refused(action, post.why);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

const refused = (action: Input['action'], why: string) =>
  fail('hook-refused', {
    en: `The provider was not told to ${action}: ${why}.`,
    ja: `事業者に${action === 'raise' ? '強化' : '解除'}を依頼できません: ${why}。`,
  });
