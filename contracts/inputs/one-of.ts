/** A node, or a list of nodes of which one will do. */
import { z } from 'zod';
import { slug } from './start.ts';

const several = z
  .array(slug)
  .min(1, 'one at least')
  .max(20)
  .refine((names) => new Set(names).size === names.length, 'each is named once');

export const oneOf = z.union([slug, several], { error: 'a name, or a list of names' });
