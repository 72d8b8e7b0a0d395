/** Whether a failover of a database waits for a node that cannot be brought back. */
import { z } from 'zod';

export const bringBack = z
  .enum(['must', 'may'])
  .default('must')
  .describe('Nodes beside the new one: where one cannot be brought back, `must` asks a person, `may` leaves it and goes on.');
