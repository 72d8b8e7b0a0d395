/** Input of `postgres-pitr` and of `data-corruption`. */
import { z } from 'zod';

const kinds = ['at', 'lsn', 'transaction', 'restorePoint', 'previous'] as const;

export const postgresPitrInput = z
  .strictObject({
    at: z
      .string()
      .max(100)
      .optional()
      .describe('An instant with its zone: 2024-01-20 14:30:00 JST, 2024-01-20T14:30:00+09:00, 2024-01-20T05:30:00Z.'),
    lsn: z.string().max(20).optional().describe('A position in the log, such as 0/3000148.'),
    transaction: z.string().max(20).optional().describe('The last transaction that counts, by its id.'),
    restorePoint: z.string().max(63).optional().describe('A name given to pg_create_restore_point.'),
    previous: z
      .string()
      .max(160)
      .optional()
      .describe('Id of a recovery that replaced the database: what was there before is put back.'),
  })
  .refine((input) => kinds.filter((kind) => input[kind] !== undefined).length === 1, {
    error: `say exactly one of ${kinds.join(', ')}`,
  });

export const dataCorruptionInput = z.strictObject({
  check: z
    .string()
    .trim()
    .min(1)
    .max(4_000)
    .describe('One SELECT that answers true where all is well: select count(*) = 0 from orders where total < 0.'),
  good: z.string().max(100).optional().describe('An instant at which all was well; left out, the oldest that can be reached.'),
  bad: z.string().max(100).optional().describe('An instant at which it was not; left out, now.'),
  tries: z.int().min(1).max(30).default(12).describe('So many restores at most; each one halves what is left.'),
});
