/** `GET /v1/targets/{id}/audit-log`: what may be asked of a log, and the answers. */
import { z } from 'zod';
import { logQuestions, type LogAnswer } from '../../domain/log-questions/words.ts';
import { instant } from '../inputs/start.ts';
import { pageQuery } from './requests.ts';

export const logQuestionQuery = z.strictObject({
  question: z
    .enum(logQuestions)
    .default('failures')
    .describe(
      '`failures`: the last ones. `timeouts`, `usage`: counts per tool, most first. `creations`: the last ones, each once. `ages`: lines and bytes by age.',
    ),
  since: instant.optional().describe('Only lines from this instant on; `ages` looks at all.'),
  limit: pageQuery.shape.limit,
});

const at = z.string().optional();
const answer = <Q extends LogAnswer['question'], T extends z.ZodType>(question: Q, item: T) =>
  z.object({
    question: z.literal(question),
    bytes: z.number().describe('Size of the log when it was read.'),
    damaged: z.number().describe('Lines that were looked at and make no sense.'),
    items: z.array(item).readonly(),
    truncated: z.boolean().describe('There were more.'),
  });

export const logAnswerDocument = z
  .discriminatedUnion('question', [
    answer('failures', z.object({ at, tool: z.string(), action: z.string(), error: z.string().optional() })),
    answer('timeouts', z.object({ tool: z.string(), timeouts: z.number(), lastAt: at, lastError: z.string().optional() })),
    answer('usage', z.object({ tool: z.string(), runs: z.number(), failed: z.number(), created: z.number(), lastRunAt: at })),
    answer(
      'creations',
      z.object({
        at,
        tool: z.string(),
        toolId: z.string().optional(),
        actor: z.string().optional(),
        failed: z.boolean(),
        highStakes: z.boolean().describe('The agent noted it as dangerous.'),
      }),
    ),
    answer(
      'ages',
      z.object({
        fromDays: z.number().describe('-1: lines without a time.'),
        toDays: z.number().optional(),
        lines: z.number(),
        bytes: z.number(),
      }),
    ),
  ])
  .meta({ id: 'LogAnswer' });
