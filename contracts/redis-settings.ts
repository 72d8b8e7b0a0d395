/** What the inventory says of Redis servers beside the head that all targets share. */
import { z } from 'zod';
import { slug } from './inputs/start.ts';
import { secretRef } from './secret-ref.ts';

export const redisSettings = {
  nodes: z
    .array(
      z.strictObject({
        id: slug,
        host: z.string().min(1).max(253),
        port: z.int().min(1).max(65_535).default(6_379),
      }),
    )
    .min(1)
    .max(16)
    .refine((nodes) => new Set(nodes.map(({ id }) => id)).size === nodes.length, 'two nodes have the same id')
    .describe('Every server; which one is the master is asked of them.'),
  login: z
    .strictObject({ user: z.string().min(1).max(63).default('default'), password: secretRef })
    .optional()
    .describe('May call INFO and CONFIG GET. Left out where the servers ask for none.'),
  expectedKeys: z
    .array(z.strictObject({ pattern: z.string().min(1).max(200), atLeast: z.int().min(1).max(10_000).default(1) }))
    .max(20)
    .default([])
    .describe('Patterns such as `lpr:*` that a verification finds so many keys of at least.'),
  limits: z
    .strictObject({
      lagBytes: z
        .int()
        .min(0)
        .default(1024 * 1024)
        .describe('A replica may lack so much of what was written.'),
      snapshotMinutes: z.int().min(1).default(75).describe('So old the last snapshot may be while something was written since.'),
    })
    .prefault({})
    .describe('What still counts as healthy.'),
};

/** Settings of a redis target beside the head that all targets share. */
export type RedisSettings = z.infer<z.ZodObject<typeof redisSettings>>;
