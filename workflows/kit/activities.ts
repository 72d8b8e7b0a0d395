/** The only door from workflows to activities: by queue, by named policy, each call with a summary for the Temporal UI. */
import { proxyActivities } from '@temporalio/workflow';
import type { KernelActivities } from '../../activities/kernel-interface.ts';
import { controlQueue, siteQueue } from '../../domain/identity.ts';
import { policies, type PolicyName } from './policies.ts';

/** Activities of one target under each policy: `on.patient.planRestore({ … })`. */
export type OnTarget<A> = Readonly<Record<PolicyName, A>>;

/** Activities served near the target. The type parameter names their interface; the names are checked by the worker. */
export const activitiesAt = <A>(site: string, target: string): OnTarget<A> => on<A>(siteQueue(site), target);

/** The kernel's own activities, on the control queue. */
export const kernelActivities = (target: string): KernelActivities => on<KernelActivities>(controlQueue, target).quick;
/** Telling people takes as long as their mail servers do. */
export const messages = (target: string): Pick<KernelActivities, 'announce'> =>
  on<KernelActivities>(controlQueue, target).patient;

function on<A>(taskQueue: string, target: string): OnTarget<A> {
  return Object.fromEntries(
    Object.keys(policies).map((policy) => [policy, summarized(taskQueue, policy as PolicyName, target)]),
  ) as OnTarget<A>;
}

function summarized(taskQueue: string, policy: PolicyName, target: string): unknown {
  const activities = proxyActivities({ ...policies[policy], taskQueue });
  return new Proxy(
    {},
    {
      get: (_, name: string) => (input: unknown) =>
        activities[name]!.executeWithOptions({ summary: `${inWords(name)} · ${target}` }, [input]),
    },
  );
}

/** `planRestore` → `plan restore`. */
const inWords = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
