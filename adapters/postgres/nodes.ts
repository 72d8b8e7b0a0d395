/** The machines of PostgreSQL servers, each where its `control` says: here, or by its command. */
import type { CommandRunner } from '../../activities/ports/command-runner.ts';
import type { NodeControl } from '../../activities/ports/node-control.ts';
import type { StandbySetup } from '../../activities/ports/standby-setup.ts';
import type { SecretRef } from '../../contracts/secret-ref.ts';
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
  return { control: route(createLocalNode(commands), way), setup: route(createStandbySetup(secret, commands), way) };
}

/** Of whoever is to be followed. */
function passwordIn(args: readonly unknown[], secret: ReadSecret): string | undefined {
  const source = args.find((one) => typeof one === 'object' && one !== null && 'password' in one);
  return source && secret((source as { password: SecretRef }).password);
}
