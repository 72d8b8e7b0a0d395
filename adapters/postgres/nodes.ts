/** The machines of PostgreSQL servers, each where its `control` says: here, by its command, or as a pod of Kubernetes. */
import type { CommandRunner } from '../../activities/ports/command-runner.ts';
import type { ControlledNode, NodeControl, PodNode, ServerControl } from '../../activities/ports/node-control.ts';
import type { StandbySetup } from '../../activities/ports/standby-setup.ts';
import type { SecretRef } from '../../contracts/secret-ref.ts';
import { createPods } from '../kubernetes/pods.ts';
import { route } from '../node/route.ts';
import type { ReadSecret } from '../secrets.ts';
import { createLocalNode } from './local-node.ts';
import { createStandbySetup } from './local-standby.ts';

/**
 * A look that takes longer says as much as none. While a node is brought back nobody's writes wait for it, and a machine that has
 * just been through something may be slow.
 */
const limits = { state: 5_000, readProgress: 20_000, readSource: 20_000 };

export function createNodes(commands: CommandRunner, secret: ReadSecret): { control: NodeControl; setup: StandbySetup } {
  const way = { kind: 'postgres', limits, passwordIn: (args: readonly unknown[]) => passwordIn(args, secret) } as const;
  const machines = route(createLocalNode(commands), way);
  const pods = createPods(secret);
  const at = (node: ControlledNode) => (isPod(node) ? pods : machines) as ServerControl;
  return {
    control: {
      ...machines,
      state: (node) => at(node).state(node),
      fence: (node, ...asked) => at(node).fence(node, ...asked),
      unfence: (node, recovery) => at(node).unfence(node, recovery),
      start: (node, signal) => at(node).start(node, signal),
    },
    setup: route(createStandbySetup(secret, commands), way),
  };
}

const isPod = (node: ControlledNode): node is PodNode => node.control.kind === 'kubernetes';

/** Of whoever is to be followed. */
function passwordIn(args: readonly unknown[], secret: ReadSecret): string | undefined {
  const source = args.find((one) => typeof one === 'object' && one !== null && 'password' in one);
  return source && secret((source as { password: SecretRef }).password);
}
