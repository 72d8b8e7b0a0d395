/** How the machine of a database server is reached, for what its server cannot tell or do. */
import { z } from 'zod';

export const reach = {
  kind: z
    .enum(['local', 'command'])
    .describe('`local`: the worker of the site runs on the machine of the node. `command`: `run` reaches that machine.'),
  run: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Runs `okiagari node` on the machine of the node, such as [ssh, okiagari@db-a, okiagari, node].'),
};

type Reach = z.infer<z.ZodObject<typeof reach>>;

export const namesItsCommand = ({ kind, run }: Reach): boolean => (kind === 'command') === (run !== undefined);
export const namesNoCommand = { path: ['run'], error: 'names the command where kind is command, and only there' };
