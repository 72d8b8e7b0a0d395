/** How the machine of a database server is reached, for what its server cannot tell or do. */
import { z } from 'zod';
import { kubernetesApi, objectName } from './kubernetes-settings.ts';

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

const command = z.array(z.string().min(1).max(500)).min(1).max(20);

/** `how` says what it is started by. */
export const service = (how: string) => ({
  start: command.optional().describe(how),
  stop: command
    .optional()
    .describe(
      'Stops its server for good, such as [systemctl, stop, …]: needed where a service manager would start it again (Restart=).',
    ),
});

type Reach = z.infer<z.ZodObject<typeof reach>>;

export const namesItsCommand = ({ kind, run }: Reach): boolean => (kind === 'command') === (run !== undefined);
export const namesNoCommand = { path: ['run'], error: 'names the command where kind is command, and only there' };

type Service = z.infer<z.ZodObject<ReturnType<typeof service>>>;

export const startsWhatItStops = ({ start, stop }: Service): boolean => stop === undefined || start !== undefined;
export const startsNothing = {
  path: ['start'],
  error: 'has to be named beside stop: another way the server would belong to no service',
};

/** A server whose machine is whichever Kubernetes gives its pod. */
export const pod = z.strictObject({
  kind: z.literal('kubernetes').describe('The server is the one pod of a StatefulSet. Experimental.'),
  ...kubernetesApi,
  token: kubernetesApi.token.describe('Of an account that may get and patch the StatefulSet, and get and delete its pod.'),
  statefulSet: objectName.describe('Has one replica: this node. No operator and no GitOps may put its template back.'),
});
