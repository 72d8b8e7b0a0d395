/** A plan that people agree to before something else is done, and that is carried out later. */
import { digestOf } from '../digest.ts';
import type { Plan } from '../recovery.ts';

/** With a digest of its own, bound to the other one: records go by it, and this head must not replace the whole plan. */
export const agreedPlan = (plan: Plan): Plan => ({ ...plan, digest: digestOf({ agreedTo: plan.digest }) });
