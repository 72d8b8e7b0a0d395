/** What the API answers about people. */
import { z } from 'zod';

export const testMessageDocument = z
  .object({
    person: z.string(),
    channels: z.array(
      z.object({
        channel: z.enum(['mail', 'webhook']),
        to: z.string().optional().describe('The mail address, or the id of the webhook.'),
        ok: z.boolean().describe('The mail server or the webhook has taken it.'),
        why: z.string().optional(),
        ms: z.number(),
      }),
    ),
    hint: z.string().optional().describe('Why no mail was tried.'),
  })
  .meta({ id: 'TestMessage' });
