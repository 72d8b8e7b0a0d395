/** What starts a recovery workflow: the request with who asked, and where it belongs when another recovery runs it. Runs in the workflow sandbox. */
import { z } from 'zod';
import { envelopeSchema } from './decision.ts';
import { instant, slug, startRequest } from './start.ts';

/** The workflow's argument. Untrusted: it may have been started past the API. */
export const recoveryStart = startRequest.extend({
  scenario: slug,
  target: slug,
  requestedBy: z.string().min(1).max(63).default('unknown'),
  proof: z.strictObject({ at: instant, signature: z.string().max(200) }).optional(),
  parent: z
    .strictObject({
      root: z.string(),
      rootWorkflowId: z.string(),
      rootRunId: z.string(),
      path: z.string(),
      leases: z.array(z.string()),
      ancestors: z.array(z.strictObject({ id: z.string(), target: z.string() })).optional(),
      noReturn: z.strictObject({ en: z.string(), ja: z.string() }).optional(),
      covered: z
        .strictObject({
          gates: z.array(z.string()),
          approval: z.strictObject({ gate: z.string(), digest: z.string(), statements: z.array(envelopeSchema) }),
        })
        .optional(),
      site: slug.optional(),
    })
    .optional(),
});
